"""What the form renderer adds to a bare form."""

from datetime import date

from django import forms

from stagematch.forms import FilterForm
from tests.look.gallery import Everything


def test_every_control_has_a_label_help_and_error_that_it_names() -> None:
    shown = str(Everything({"email": "geen adres"})["email"].as_field_group())
    assert '<label class="utrecht-form-label" for="id_email">' in shown
    assert 'aria-describedby="id_email_helptext id_email_error"' in shown
    assert 'id="id_email_helptext"' in shown
    assert 'id="id_email_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "utrecht-textbox--invalid" in shown


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    shown = str(Everything()["days"].as_field_group())
    assert shown.startswith("<fieldset")
    assert "<legend" in shown
    assert 'aria-describedby="id_days_helptext"' in shown


def test_what_is_asked_is_not_enforced_by_the_browser() -> None:
    shown = str(Everything()["name"])
    assert 'aria-required="true"' in shown
    assert " required" not in shown.replace("aria-required", "")


def test_only_what_may_stay_empty_says_so_and_a_filter_never() -> None:
    class Filters(FilterForm):
        q = forms.CharField(required=False)

    form = Everything()
    assert form["email"].optional
    assert not form["name"].optional
    assert not form["agree"].optional
    assert not Filters()["q"].optional


def test_a_date_goes_to_the_browser_in_its_own_form_and_comes_back_in_ours() -> None:
    typed = Everything({"starts_on": "08-02-2027"})
    assert 'type="date"' in str(typed["starts_on"])
    assert 'value="2027-02-08"' in str(typed["starts_on"])
    assert typed.fields["starts_on"].clean("08-02-2027") == date(2027, 2, 8)
    assert 'value="8 feb"' in str(Everything({"starts_on": "8 feb"})["starts_on"])


def test_the_summary_links_to_each_field_that_needs_attention() -> None:
    shown = str(Everything({"name": "Noor"}))
    assert 'role="alert"' in shown
    assert 'href="#id_starts_on"' in shown
    assert 'href="#id_pathway_group"' in shown
    assert 'id="id_pathway_group"' in shown
    assert 'href="#id_name"' not in shown


def test_nothing_typed_is_lost_when_a_form_comes_back() -> None:
    shown = str(Everything({"name": "Noor", "days": ["mo", "th"], "about": "Graag <zorg>", "pathway": "bbl"}))
    assert 'value="Noor"' in shown
    assert shown.count(" checked") == 3
    assert "Graag &lt;zorg&gt;" in shown


def test_an_error_says_what_to_do_unless_the_field_has_words_of_its_own() -> None:
    class Short(forms.Form):
        name = forms.CharField()
        day = forms.DateField()
        own = forms.CharField(error_messages={"required": "Noem de straat."})
        choice = forms.ChoiceField(choices=[("a", "A")])

    errors = Short({"day": "morgen"}).errors
    assert errors == {
        "name": ["Vul een antwoord in."],
        "day": ["Vul een datum in, zoals 21-11-2026."],
        "own": ["Noem de straat."],
        "choice": ["Kies een antwoord."],
    }
