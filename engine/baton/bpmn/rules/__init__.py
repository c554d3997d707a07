"""The rules, one per file: `RULE` is its id, `check` gives its findings. `bpmn/checking.py` lists them all."""
