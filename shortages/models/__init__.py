"""The models of this app."""

from shortages.models.advice import ActKind, Advice, AdviceTask, TaskOutcome
from shortages.models.digest import Digest, DigestRefusal, DigestSubscription, ReaderKind
from shortages.models.figure import COUNTS, Night, NightData, NightState, PublicFigure, RegionFigure, Stop
from shortages.models.forecast import Forecast, ForecastMeasure, PublicForecast
from shortages.models.report import Cause, ReporterKind, ReportStep, ShortageReport, Tried
from shortages.models.total import PublicTotal, RegionTotal

__all__ = [
    "COUNTS",
    "ActKind",
    "Advice",
    "AdviceTask",
    "Cause",
    "Digest",
    "DigestRefusal",
    "DigestSubscription",
    "Forecast",
    "ForecastMeasure",
    "Night",
    "NightData",
    "NightState",
    "PublicFigure",
    "PublicForecast",
    "PublicTotal",
    "ReaderKind",
    "RegionFigure",
    "RegionTotal",
    "ReportStep",
    "ReporterKind",
    "ShortageReport",
    "Stop",
    "TaskOutcome",
    "Tried",
]
