"""Models and data: what there is (`manifest.yaml`), and having it in the product's home (`ensure`)."""

from __future__ import annotations

from assistant.provisioning.manifest import Asset, File, Part, load_manifest
from assistant.provisioning.progress import progress_bar
from assistant.provisioning.store import Progress, ensure
from assistant.provisioning.wheels import ProvisioningError

__all__ = ["Asset", "File", "Part", "Progress", "ProvisioningError", "ensure", "load_manifest", "progress_bar"]
