"""Which engine runs: an address, then vLLM on a GPU, then llama.cpp, then none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.engines import DEFAULT_WEIGHTS, EngineError, EngineSettings, choose_engine, llama_cpp, vllm
from assistant.engines.servers import ChildServer

ADDRESS = "http://127.0.0.1:9/v1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / DEFAULT_WEIGHTS).touch()
    return tmp_path


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm, "available", lambda: False)


@pytest.fixture
def gpu(no_gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm, "available", lambda: True)


def kind(settings: EngineSettings) -> str | None:
    engine = choose_engine(settings)
    return None if engine is None else engine.kind


def test_without_anything_there_is_none(tmp_path: Path) -> None:
    assert kind(EngineSettings(tmp_path)) is None


def test_the_default_is_llama_cpp(home: Path) -> None:
    engine = choose_engine(EngineSettings(home))
    assert engine is not None
    assert (engine.kind, engine.model.name) == ("llama.cpp", "qwen2.5-coder-1.5b-instruct-q4_k_m")


@pytest.mark.usefixtures("gpu")
def test_a_gpu_comes_before_the_cpu_and_an_address_before_both(home: Path) -> None:
    assert kind(EngineSettings(home)) == "vllm"
    assert kind(EngineSettings(home, base_url=ADDRESS)) == "openai-compatible"


@pytest.mark.usefixtures("gpu")
def test_what_is_asked_for_comes_first(home: Path) -> None:
    assert kind(EngineSettings(home, kind="llama.cpp", base_url=ADDRESS)) == "llama.cpp"
    assert kind(EngineSettings(home, kind="vllm", base_url=ADDRESS)) == "vllm"
    assert kind(EngineSettings(home, kind="none", base_url=ADDRESS)) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (lambda home: EngineSettings(home, kind="gpt"), "no engine 'gpt'; choose one of auto"),
        (lambda home: EngineSettings(home, kind="address"), "needs LLM_BASE_URL"),
        (lambda home: EngineSettings(home, base_url="localhost:8000"), "must begin with http"),
        (lambda home: EngineSettings(home, kind="vllm"), "NVIDIA GPU"),
        (lambda home: EngineSettings(home / "x", kind="llama.cpp"), "concierge setup"),
        (lambda home: EngineSettings(home, model="not/there.gguf"), "not/there.gguf are not there"),
        (lambda home: EngineSettings(home, model="gpt-9"), "needs LLM_BASE_URL"),
    ],
)
def test_what_cannot_run_says_what_is_missing(
    home: Path, settings: Callable[[Path], EngineSettings], message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        choose_engine(settings(home))


def test_other_weights_can_be_named(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.touch()
    engine = choose_engine(EngineSettings(home, model=str(other)))
    assert engine is not None
    assert engine.model.name == "other"


def test_nothing_is_started_or_written_by_choosing(home: Path) -> None:
    choose_engine(EngineSettings(home))
    assert [path.name for path in home.iterdir()] == ["models"]


def test_the_commands_are_what_the_servers_expect(tmp_path: Path) -> None:
    llama = llama_cpp.command(tmp_path / "w.gguf", threads=3).arguments(1234)
    assert llama[:2] == [sys.executable, "-P"]
    assert {"--port", "1234", "--threads", "3"} <= set(llama)
    gpu = vllm.gpu_command("some/model")
    assert {"some/model", "--enable-prefix-caching", "--port", "1234"} <= set(gpu.arguments(1234))
    assert gpu.environment("secret")["VLLM_API_KEY"] == "secret"
    assert "secret" not in " ".join(gpu.arguments(1))
    cpu = vllm.cpu_command(Path("env/bin/python"), tmp_path, threads=2)
    assert cpu.arguments(1)[0] == "env/bin/python"
    assert cpu.environment("k")["OMP_NUM_THREADS"] == "2"


def test_threads_fit_the_machine() -> None:
    assert llama_cpp.physical_cores() >= 1


def test_the_server_child_is_kept_out_of_reach_of_others(home: Path) -> None:
    engine = choose_engine(EngineSettings(home))
    assert engine is not None
    server = engine._server
    assert isinstance(server, ChildServer)
    assert server.log == home / "logs" / "llama.cpp.log"
