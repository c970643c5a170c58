"""The one client: any server that speaks the OpenAI API, through LangChain's ChatOpenAI."""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import BaseModel, SecretStr, ValidationError

from assistant.engines.schemas import response_schema
from assistant.engines.types import Chunk, EngineBusy, EngineError, EngineLost, EngineTimeout, Generation, Message

Schema = TypeVar("Schema", bound=BaseModel)

CONNECT_SECONDS = 5.0
SEED = 7
_LIKELIEST = 20
"""Most tokens whose probability the API tells."""


class OpenAIModel:
    """A language model behind an OpenAI-compatible address. Safe to share between threads.

    Answers are as repeatable as the server makes them: temperature 0 and a fixed seed. A failed call is never tried
    again here: whoever asked knows whether a late answer is still of use.

    Parameters
    ----------
    base_url
        the address up to and including /v1.
    name
        the model's name as the server knows it.
    kind
        where it runs, for people and logs.
    api_key
        sent as a bearer token; servers on this machine often need none.
    transport
        replaces the network, for tests.
    """

    def __init__(
        self,
        base_url: str,
        name: str,
        *,
        kind: str = "openai-compatible",
        api_key: str | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._kind = kind
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._http = openai.DefaultHttpxClient(transport=transport, **network(base_url))
        self._chat = ChatOpenAI(
            base_url=self._base_url,
            model=name,
            api_key=SecretStr(api_key or "none"),
            temperature=0,
            seed=SEED,
            max_retries=0,
            stream_usage=True,
            http_client=self._http,
            http_async_client=openai.DefaultAsyncHttpxClient(**network(base_url)),  # else it makes a costly one
            use_responses_api=False,
        )

    @property
    def kind(self) -> str:
        """Where it runs: "llama.cpp", "vllm" or "openai-compatible"."""
        return self._kind

    @property
    def name(self) -> str:
        """The model's name as the server knows it."""
        return self._name

    @property
    def base_url(self) -> str:
        """The address, up to and including /v1."""
        return self._base_url

    def close(self) -> None:
        """Close the connections. Calls still running end with EngineError."""
        self._http.close()

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        """One answer that follows `schema`; `value` is None when the text does not fit it (cut off, or not JSON).

        Raises
        ------
        EngineTimeout, EngineBusy, EngineError
            when no answer came within `timeout` seconds.
        """
        caller = self._chat.with_structured_output(
            response_schema(schema),
            method="json_schema",
            include_raw=True,
            max_tokens=max_tokens,
            timeout=_limits(timeout),
        )
        try:
            with self._named_errors(timeout):
                raw: Any = caller.invoke(_langchain(messages))
                message = raw["raw"]
                text, usage = str(message.text), message.usage_metadata or {}
        except _CutOff as cut:
            return Generation(None, cut.text, cut.prompt_tokens, cut.completion_tokens)
        return Generation(
            _parse(text, schema), text, int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0))
        )

    def first_token(self, messages: Sequence[Message], *, timeout: float) -> dict[str, float]:
        """How likely each of the likeliest first tokens of an answer is. Errors as for `structured`.

        Empty where the server tells no probabilities.
        """
        asked = self._chat.bind(logprobs=True, top_logprobs=_LIKELIEST, max_tokens=1, timeout=_limits(timeout))
        with self._named_errors(timeout):
            told = asked.invoke(_langchain(messages)).response_metadata.get("logprobs") or {}
            first: dict[str, Any] = next(iter(told.get("content") or ()), {})
            return {entry["token"]: math.exp(entry["logprob"]) for entry in first.get("top_logprobs") or ()}

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        """The answer in pieces; the last chunk carries the token counts and `finished`.

        Closing the iterator closes the connection, at which the server stops generating.

        Raises
        ------
        EngineTimeout, EngineBusy, EngineError
            when the answer does not come, breaks off, or is not complete within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        prompt_tokens = completion_tokens = 0
        complete = False
        with self._named_errors(timeout):
            pieces = self._chat.stream(_langchain(messages), max_tokens=max_tokens, timeout=_limits(timeout))
            try:
                for piece in pieces:
                    complete = complete or "finish_reason" in piece.response_metadata
                    if isinstance(piece, AIMessageChunk) and piece.usage_metadata:
                        prompt_tokens = piece.usage_metadata["input_tokens"]
                        completion_tokens = piece.usage_metadata["output_tokens"]
                    if text := str(piece.text):
                        yield Chunk(text)
                    if time.monotonic() > deadline:
                        raise EngineTimeout(_too_slow(timeout))
            finally:
                pieces.close()  # type: ignore[attr-defined]  # a generator, typed as an iterator
            if not complete:
                raise EngineLost(f"The language model at {self._base_url} broke off in the middle; ask again.")
        yield Chunk("", prompt_tokens, completion_tokens, finished=True)

    @contextmanager
    def _named_errors(self, timeout: float) -> Iterator[None]:
        """Turn what the libraries raise into the errors of `types`, and let no tracing leave the machine."""
        where = f"The language model at {self._base_url}"
        try:
            with tracing_context(enabled=False):
                yield
        except EngineError:
            raise
        except openai.LengthFinishReasonError as error:
            raise _CutOff(error) from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise EngineTimeout(_too_slow(timeout)) from error
        except openai.RateLimitError as error:
            raise EngineBusy(f"{where} has too much to do; try again in a few seconds.") from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise EngineError(f"{where} refused the key; set LLM_API_KEY to one that it accepts.") from error
        except openai.NotFoundError as error:
            raise EngineError(f"{where} does not know {self._name!r}; check LLM_BASE_URL and LLM_MODEL.") from error
        except openai.BadRequestError as error:
            raise EngineError(f"{where} refused the request: {_brief(error)}") from error
        except openai.InternalServerError as error:
            if error.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
                raise EngineBusy(f"{where} is not ready yet; try again in a few seconds.") from error
            raise EngineLost(f"{where} failed ({error.status_code}); see its log. {_brief(error)}") from error
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            raise EngineLost(f"{where} cannot be reached or broke off; check that it is running.") from error
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise EngineError(f"{where} failed: {_brief(error)}") from error
        except RuntimeError as error:
            raise EngineLost(f"{where} was closed; ask again.") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # The libraries trust the server; a body that is no chat completion surfaces as any of these.
            raise EngineError(f"{where} sent something that is not an OpenAI chat completion: {error}") from error


class _CutOff(Exception):
    """The answer reached `max_tokens` before its JSON was complete."""

    def __init__(self, error: openai.LengthFinishReasonError) -> None:
        super().__init__(str(error))
        completion = error.completion
        self.text = completion.choices[0].message.content or ""
        self.prompt_tokens = completion.usage.prompt_tokens if completion.usage else 0
        self.completion_tokens = completion.usage.completion_tokens if completion.usage else 0


def network(base_url: str) -> dict[str, Any]:
    """How an HTTP client should reach the address.

    A proxy from the environment must not come between us and a server on this machine, and reading the certificates
    of all authorities, a tenth of a second, is for https only.
    """
    address = urlsplit(base_url)
    host = address.hostname or ""
    here = host in {"localhost", "::1"} or host.startswith("127.")
    trusted = True if address.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return {"trust_env": not here, "verify": trusted}


def _limits(timeout: float) -> httpx2.Timeout:
    return httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS))


def _too_slow(timeout: float) -> str:
    return f"The language model did not answer within {timeout:g} s; ask again, or something shorter."


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _parse(text: str, schema: type[Schema]) -> Schema | None:
    try:
        return schema.model_validate_json(text)
    except ValidationError:
        return None


def _langchain(messages: Sequence[Message]) -> list[BaseMessage]:
    kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[message.role](content=message.content) for message in messages]
