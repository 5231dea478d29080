"""The models of this app."""

from shortages.models.advice import ActKind, Advice, AdviceTask, TaskOutcome
from shortages.models.figure import COUNTS, Night, NightState, PublicFigure, RegionFigure, Stop

__all__ = ["COUNTS", "ActKind", "Advice", "AdviceTask", "Night", "NightState", "PublicFigure", "RegionFigure", "Stop", "TaskOutcome"]
