"""Soundness: can a run get stuck, run something twice by mistake, or never reach a part? Found by trying all runs."""

from baton.bpmn.soundness.check import check

__all__ = ["check"]
