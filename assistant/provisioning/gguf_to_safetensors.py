"""GGUF weights as a folder that vLLM loads: `python -P gguf_to_safetensors.py WEIGHTS.gguf FOLDER`.

Runs in the environment of vLLM (transformers, gguf, accelerate) and imports nothing of ours.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path


def main() -> None:
    """Convert, through a folder beside the target, so that a half-written one is never taken for whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()

    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source, name = str(options.weights.parent), options.weights.name
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=name, dtype=torch.bfloat16)
    # The weights are plain numbers now; left in, the quantisation of the file would be announced for them too.
    setattr(model, "hf_quantizer", None)  # noqa: B010  # not declared by the class
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    unfinished = options.folder.with_name(options.folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    model.save_pretrained(unfinished)
    AutoTokenizer.from_pretrained(source, gguf_file=name).save_pretrained(unfinished)
    shutil.rmtree(options.folder, ignore_errors=True)
    unfinished.rename(options.folder)


if __name__ == "__main__":
    main()
