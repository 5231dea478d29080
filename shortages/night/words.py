"""What the jobs and phases of a night are called where people read of them."""

from django.utils.translation import gettext_lazy as _

JOBS = {
    "shortages.night": _("Figures of a night"),
    "shortages.engine": _("Figures of a night: the engine"),
    "shortages.figures": _("Figures of a night: one region"),
    "shortages.after": _("Figures of a night: sums and forecast"),
    "shortages.advice": _("Advice of a night"),
    "shortages.advice.region": _("Advice of a night: one region"),
    "shortages.digests": _("Morning mails"),
}
PHASES = {
    "figures_counted": _("counting students and places"),
    "engine_read": _("reading the country"),
    "engine_kept": _("keeping what was read"),
    "engine_loaded": _("loading"),
    "engine_solved": _("matching the whole country"),
    "engine_proven": _("proving the match"),
    "engine_summed": _("what stops those without a place"),
    "engine_worth": _("what one more place is worth"),
    "engine_stored": _("keeping the result"),
    "figures_written": _("writing the figures of the regions"),
    "totals": _("adding up"),
    "forecast": _("looking ahead"),
    "advice": _("choosing advice"),
}
