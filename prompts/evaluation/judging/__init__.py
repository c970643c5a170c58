"""A language model as judge, where rules end: what it is asked, how far it agrees with people, and which one it is."""

from prompts.evaluation.judging.agreement import BAR, Agreement, agreement
from prompts.evaluation.judging.identity import Weights, weights_of
from prompts.evaluation.judging.judge import CRITERIA, Judge, Verdict
from prompts.evaluation.judging.labels import LABELS, Label, read_labels
from prompts.evaluation.judging.trial import JudgeOptions, Trial, measure, opened_judge, try_judge

__all__ = [
    "BAR",
    "CRITERIA",
    "LABELS",
    "Agreement",
    "Judge",
    "JudgeOptions",
    "Label",
    "Trial",
    "Verdict",
    "Weights",
    "agreement",
    "measure",
    "opened_judge",
    "read_labels",
    "try_judge",
    "weights_of",
]
