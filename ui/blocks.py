"""The Gradio side of the page: one component that shows the views, and the events that it sends back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import gradio as gr
from fastapi import FastAPI

from ui.history import MemoryHistory
from ui.page import Page
from ui.session import Session
from ui.types import Conversationalist, History

_STATIC = Path(__file__).parent / "static"


def build_page(assistant: Conversationalist, history: History | None = None) -> gr.Blocks:
    """The page for this assistant, to be mounted with `mount_page`. Conversations live in `history`, else in memory."""
    page = Page(assistant, history or MemoryHistory())
    styles = (_STATIC / "page.css").read_text("utf-8")
    with gr.Blocks(title="Concierge", analytics_enabled=False, fill_width=True) as blocks:
        session = gr.State(Session())
        shell = gr.HTML(
            value=None,
            html_template=(_STATIC / "shell.html").read_text("utf-8"),
            js_on_load=(_STATIC / "page.js").read_text("utf-8"),
            head=f"<style>{styles}</style>",
            apply_default_css=False,
            elem_id="concierge",
        )
        shared: dict[str, Any] = {
            "inputs": session,
            "outputs": shell,
            "show_progress": "hidden",
            "trigger_mode": "multiple",
            "concurrency_limit": None,
            "api_visibility": "private",
        }
        # Not `load`: Gradio fires that one itself too, without the page's data, and the two would race.
        shell.focus(page.hello, queue=False, **shared)
        shell.submit(page.converse, **shared)
        shell.select(page.click, queue=False, **shared)
    return cast(gr.Blocks, blocks)


def mount_page(app: FastAPI, page: gr.Blocks, path: str = "/") -> FastAPI:
    """Serve the page from this application, with nothing of it recorded and nothing loaded from elsewhere."""
    gr.mount_gradio_app(
        app,
        page,
        path=path,
        theme=gr.themes.Base(font=("system-ui", "sans-serif"), font_mono=("monospace",)),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        favicon_path=str(_STATIC / "favicon.png"),
    )
    return app
