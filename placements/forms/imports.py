"""Uploading a file of places."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PlaceFileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File with places"),
        help_text=_("A CSV or Excel file (.xlsx) of at most 5 MB and 5,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
