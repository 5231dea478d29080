"""What somebody types about work, as qualifications: Dutch stems, synonyms of our own (data/synonyms.txt), parts of words, typing errors."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from reference.folding import fold
from reference.models import Qualification

MOST_WORDS = 8
# Trigrams of a word of three letters say nothing.
SHORTEST_GUESS = 4
# How alike a misspelt word must be to a part of a qualification's words (pg_trgm, word_similarity).
ALIKE = 0.5
MOST_GUESSES = 12
# What everybody does at work says nothing; shorter words are parts of too many others.
SAYS_NOTHING = frozenset(("maken", "doen", "werk", "werken", "bedrijf", "mensen", "iets", "graag", "leren"))
SHORTEST_PART = 4
# A word that was typed says more than one of its synonyms.
TYPED = 3.0


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Folded word → words that mean the same."""
    groups: dict[str, tuple[str, ...]] = {}
    for line in (Path(__file__).parent / "data" / "synonyms.txt").read_text(encoding="utf-8").splitlines():
        words = tuple(fold(word) for word in line.partition("#")[0].split(","))
        for word in filter(None, words):
            groups[word] = (*groups.get(word, ()), *(other for other in words if other and other != word))
    return groups


def asked_words(text: str) -> list[str]:
    """The folded words of a text, so many as are looked at."""
    words = fold(text).split()[:MOST_WORDS]
    return [word for word in words if word not in SAYS_NOTHING] or words


def _meaning(word: str) -> str:
    """One word with its synonyms, in the language of to_tsquery: `(kok | keuken)`."""
    return "(" + " | ".join(" <-> ".join(one.split()) for one in (word, *synonyms().get(word, ()))) + ")"


def _raw(query: str) -> SearchQuery:
    return SearchQuery(query, config="dutch", search_type="raw")


def _part(word: str) -> Q:
    """A part of a longer word; a short one only where a word begins, as while somebody is typing."""
    return Q(search_text__contains=word) if len(word) >= SHORTEST_PART else Q(search_text__regex=rf"\m{word}")


def found_by_words(text: str, among: QuerySet[Qualification]) -> QuerySet[Qualification]:
    """Those of some qualifications that a text means, the best first: every word counts, or, when no qualification has all, any of them.

    One query to find out which. A word counts by stem, by synonym or as a part of a longer word. No words: none.
    """
    words = asked_words(text)
    if not words:
        return among.none()
    asked = fold(text)
    each = [Q(search_vector=_raw(_meaning(word))) | _part(word) for word in words]
    every = among
    for condition in each:
        every = every.filter(condition)
    found = every if len(each) > 1 and every.exists() else among.filter(Q(*each, _connector=Q.OR))
    named = Case(
        When(search_text__regex=rf"^{asked}\M", then=Value(0)),
        When(name__icontains=text.strip(), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    typed = SearchRank(F("search_vector"), _raw(" | ".join(words)))
    meant = SearchRank(F("search_vector"), _raw(" | ".join(_meaning(word) for word in words)))
    return found.annotate(rank=TYPED * typed + meant).order_by(named, "-rank", Length("name"), "name", "level", "-crebo")


def guesses(text: str, among: QuerySet[Qualification]) -> QuerySet[Any]:
    """Qualifications with words like these, for a text that matched nothing: `verpleegkindige`. The most alike first."""
    asked = " ".join(word for word in asked_words(text) if len(word) >= SHORTEST_GUESS)
    if not asked:
        return among.none()
    alike = among.annotate(alike=TrigramWordSimilarity(asked, "search_text")).filter(alike__gte=ALIKE)
    return alike.order_by("-alike", "name", "-crebo")[:MOST_GUESSES]
