from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from assistant.__main__ import app
from assistant.assistant import Assistant
from assistant.commands.serving import listening
from assistant.terminal import ask_once, plain
from tests.fakes import QueueModel

MakeAssistant = Callable[[QueueModel | None], Assistant]
COMMANDS = ("setup", "index", "ask", "chat", "serve", "understand", "train", "bench", "prompts", "keys")
QUESTION = "I loved The Matrix and Inception, something mind-bending after 2005, no horror"


def test_ask_prints_one_json_object_with_exactly_these_keys(
    make_assistant: MakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant = make_assistant(QueueModel(["{}", "1. A story of dreams."]))
    assert ask_once(assistant, QUESTION, as_json=True)
    record = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert list(record) == ["utterance", "understood", "items", "reply", "engine", "usage", "timings_ms"]
    assert list(record["understood"]) == [
        "like",
        "dislike",
        "genres",
        "not_genres",
        "people",
        "year_from",
        "year_to",
        "wishes",
    ]
    assert record["understood"]["like"] == ["The Matrix", "Inception"]
    assert record["understood"]["not_genres"] == ["horror"]
    first = record["items"][0]
    assert list(first) == ["rank", "id", "title", "year", "genres", "score", "parts", "reason"]
    assert list(first["parts"]) == ["collaborative", "semantic", "liked_similarity", "popularity", "match"]
    assert [item["rank"] for item in record["items"]] == list(range(1, len(record["items"]) + 1))
    assert list(record["engine"]) == ["kind", "model"]
    assert list(record["usage"]) == ["calls", "prompt_tokens", "completion_tokens"]
    assert list(record["timings_ms"]) == ["understand", "retrieve", "rank", "cards", "first_word", "total"]
    assert record["reply"]


def test_a_question_that_cannot_be_taken_prints_no_object(
    make_assistant: MakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not ask_once(make_assistant(QueueModel()), "x" * 20_000, as_json=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "20,000 characters" in " ".join(printed.err.split())


def test_text_of_items_is_shown_as_text() -> None:
    assert plain("[bold]no markup[/bold] \x1b[31mred\x07").plain == "[bold]no markup[/bold] [31mred"


def test_a_port_that_is_taken_is_told_with_another_to_pick() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"127\.0\.0\.1:{port}.*PORT={port + 1}"), listening("127.0.0.1", port):
            pass


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output
