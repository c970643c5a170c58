"""Settings from the environment, read when a command starts and passed on as values."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_CATALOG = "movies"


class Settings(BaseSettings):
    """What can be set from outside. Each field names its environment variable."""

    # Not by field name: the environment's HOME is not our home.
    model_config = SettingsConfigDict(extra="ignore")

    home: Path = Field(
        default=Path("~/.cache/concierge"),
        validation_alias="CONCIERGE_HOME",
        description="Where models, data, catalogs and conversations are kept.",
    )
    catalog: str = Field(
        default=DEFAULT_CATALOG, validation_alias="CONCIERGE_CATALOG", description="Name of the catalog to serve."
    )
    host: str = Field(default="127.0.0.1", validation_alias="HOST", description="Address the page listens on.")
    port: int = Field(default=7860, validation_alias="PORT", ge=1, le=65535, description="Port the page listens on.")
    llm_base_url: str | None = Field(
        default=None, validation_alias="LLM_BASE_URL", description="An OpenAI-compatible server to use as the engine."
    )
    llm_model: str | None = Field(
        default=None, validation_alias="LLM_MODEL", description="Model name at that server (asked from it when unset)."
    )
    llm_api_key: str | None = Field(default=None, validation_alias="LLM_API_KEY", description="Key for that server.")
    engine: str = Field(
        default="auto",
        validation_alias="CONCIERGE_ENGINE",
        description="auto, address, vllm, llama.cpp, or none (rules and templates only).",
    )
    threads: int | None = Field(
        default=None, validation_alias="CONCIERGE_THREADS", description="CPU threads for the engine (all when unset)."
    )
    database_url: str | None = Field(
        default=None, validation_alias="DATABASE_URL", description="Where memory lives (SQLite in the home when unset)."
    )

    chroma_url: str | None = Field(
        default=None,
        validation_alias="CHROMA_URL",
        description="A Chroma server for the vectors (embedded in the catalog's folder when unset).",
    )
    require_keys: bool | None = Field(
        default=None,
        validation_alias="CONCIERGE_REQUIRE_KEYS",
        description="Whether every API request needs a key (only beyond loopback when unset).",
    )
    origins: str = Field(
        default="",
        validation_alias="CONCIERGE_ORIGINS",
        description="Other sites whose pages may call the API, separated by commas (none when unset).",
    )
    retention_days: float | None = Field(
        default=None,
        validation_alias="CONCIERGE_RETENTION_DAYS",
        gt=0,
        description="Conversations and feedback older than so many days are removed (kept when unset).",
    )

    @property
    def root(self) -> Path:
        """The home as an absolute path."""
        return self.home.expanduser().resolve()

    @property
    def catalog_dir(self) -> Path:
        """The folder of the catalog that is served."""
        return self.root / "catalogs" / self.catalog

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The sites of `origins`, one by one."""
        return tuple(origin.strip().rstrip("/") for origin in self.origins.split(",") if origin.strip())

    @property
    def embedding_model(self) -> Path:
        """The folder of the embedding model."""
        return self.root / "models" / "all-MiniLM-L6-v2"

    def but(self, **changes: object) -> Settings:
        """These settings with some values changed."""
        return self.model_copy(update=changes)
