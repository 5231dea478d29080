"""Writing a mailing: a name, whom it is for, and the text in both languages."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.mailings import texts
from campaigns.models import Mailing

# What stands there to begin with; whoever writes changes it.
BEGINNING = {
    "subject_nl": "Kunt u een stageplek aanbieden, {company}?",
    "text_nl": "Beste {name},\n\n{company} is een erkend leerbedrijf. We hebben al een tijd niets over uw stageplekken gehoord. "
    "Op dit moment zoeken studenten in de buurt van {town} een plek.\n\n"
    "Kloppen uw plekken nog, of kunt u er een aanbieden?\n\nMet vriendelijke groet,\n{sender}",
    "subject_en": "Can you offer a placement, {company}?",
    "text_en": "Dear {name},\n\n{company} is a recognised training company. We have not heard about your places for a while. "
    "At this moment students near {town} are looking for one.\n\nAre your places still right, or can you offer one?\n\nKind regards,\n{sender}",
}


class MailingForm(forms.ModelForm):
    """The text of a mailing; the audience is a form of its own beside it."""

    class Meta:
        model = Mailing
        fields = ("name", "subject_nl", "text_nl", "subject_en", "text_en")
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("Only you and your colleagues see it."),
            "text_nl": _("Below it we add the link under which the company answers, why it gets this mail, and how to get no more."),
            "text_en": _("For contacts who use StageMatch in English."),
        }
        widgets: ClassVar[dict[str, Any]] = {"text_nl": forms.Textarea(attrs={"rows": 12}), "text_en": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = BEGINNING | kwargs.get("initial", {}) if kwargs["instance"].pk is None else kwargs.get("initial")
        super().__init__(*args, **kwargs)
        for name in ("subject_nl", "subject_en"):
            self.fields[name].validators.append(texts.check_subject)
        for name in ("text_nl", "text_en"):
            self.fields[name].validators.append(texts.check)
