"""The models of this app."""

from shortages.models.advice import ActKind, Advice, AdviceTask, TaskOutcome
from shortages.models.figure import COUNTS, Night, NightState, PublicFigure, RegionFigure, Stop
from shortages.models.forecast import Forecast, ForecastMeasure, PublicForecast
from shortages.models.report import Cause, ReporterKind, ReportStep, ShortageReport, Tried
from shortages.models.total import PublicTotal, RegionTotal

__all__ = [
    "ActKind",
    "Advice",
    "AdviceTask",
    "COUNTS",
    "Cause",
    "Forecast",
    "ForecastMeasure",
    "Night",
    "NightState",
    "PublicFigure",
    "PublicForecast",
    "PublicTotal",
    "RegionFigure",
    "RegionTotal",
    "ReportStep",
    "ReporterKind",
    "ShortageReport",
    "Stop",
    "TaskOutcome",
    "Tried",
]
