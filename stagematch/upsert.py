"""Create or update many rows by a natural key in a few queries, and take that back later without losing anybody's work."""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

BATCH = 500


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True)
class Saved:
    """What saving one row of a table did.

    fields: what it wrote; before: what an update replaced; after: digest of what it wrote, to notice later changes.
    """

    number: int
    outcome: str
    id: int | None
    fields: Sequence[str] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""


@dataclass(frozen=True)
class Kept:
    """A row that an undo left as it is, and why."""

    number: int
    reason: str


Fields = Mapping[str, Any]
InUse = Callable[[Sequence[Any]], Mapping[int, str]]


def upsert(
    model: type[models.Model],
    *,
    rows: Mapping[int, tuple[Hashable, Fields]],
    existing: Mapping[Any, models.Model],
    on_create: Fields | None = None,
) -> list[Saved]:
    """Save rows by natural key; a row that would change nothing is left alone.

    rows: row number → (key, {attribute: value}), foreign keys as `programme_id`, many-to-many (without a model of its own
    between) as a list of ids; the same attributes in every row. existing: key → what is there. on_create: for new ones only.
    """
    keyed = {number: existing.get(key) for number, (key, _fields) in rows.items()}
    links = _Links(model, rows, [found for found in keyed.values() if found is not None])
    saved, created, updated = [], [], []
    for number, (_key, fields) in rows.items():
        instance = keyed[number]
        plain, many = links.split(fields)
        if instance is None:
            instance = model(**{**(on_create or {}), **plain})
            created.append(instance)
            changed, before, outcome = list(fields), {}, Outcome.CREATED
        else:
            now = {**_plain_values(instance, plain), **links.values(instance.pk, many)}
            changed = [name for name, value in fields.items() if _plain(now[name]) != _plain(links.order(name, value))]
            before = {name: _plain(now[name]) for name in changed}
            outcome = Outcome.UPDATED if changed else Outcome.UNCHANGED
            for name in set(changed) & set(plain):
                setattr(instance, name, plain[name])
            updated += [instance] if changed else []
        links.plan(instance, {name: many[name] for name in changed if name in many}, is_new=outcome == Outcome.CREATED)
        after = _digest({name: links.order(name, fields[name]) for name in changed})
        saved.append((number, outcome, instance, changed, before, after))
    model._default_manager.bulk_create(created, batch_size=BATCH)
    names = [name for name in next(iter(rows.values()), ("", {}))[1] if name not in links.names]
    if updated and names:
        model._default_manager.bulk_update(updated, names, batch_size=BATCH)
    links.write()
    return [Saved(number, outcome, instance.pk, tuple(changed), before, after) for number, outcome, instance, changed, before, after in saved]


def revert(queryset: models.QuerySet[Any], saved: Iterable[Saved], *, in_use: InUse | None = None) -> list[Kept]:
    """Delete what was created and restore what was updated, except what somebody changed since or what is in use.

    in_use: instances → {id: why it cannot go}, asked once for everything that would be deleted.
    """
    entries = {entry.id: entry for entry in saved if entry.outcome in (Outcome.CREATED, Outcome.UPDATED)}
    found = {instance.pk: instance for instance in queryset.filter(pk__in=entries).select_for_update(of=("self",)).order_by("pk")}
    links = _Links(queryset.model, {0: (None, dict.fromkeys(name for entry in entries.values() for name in entry.fields))}, list(found.values()))
    kept, remove, restore = [], [], []
    for pk, instance in found.items():
        entry = entries[pk]
        plain, many = links.split(dict.fromkeys(entry.fields))
        if _digest({**_plain_values(instance, plain), **links.values(pk, many)}) != entry.after:
            kept.append(Kept(entry.number, _("It was changed after the import, so it stays as it is now.")))
        elif entry.outcome == Outcome.CREATED:
            remove.append(instance)
        else:
            restore.append(instance)
    reasons = in_use(remove) if in_use and remove else {}
    kept += [Kept(entries[pk].number, str(reason)) for pk, reason in reasons.items()]
    stuck = _delete(queryset, [instance.pk for instance in remove if instance.pk not in reasons])
    kept += [Kept(entries[pk].number, _("It is in use, so it stays.")) for pk in stuck]
    lost = _("What it was before no longer fits with what came after, so it stays as it is now.")
    kept += [Kept(entries[pk].number, lost) for pk in _restore(queryset.model, restore, entries, links)]
    return sorted(kept, key=lambda entry: entry.number)


def _delete(queryset: models.QuerySet[Any], ids: Sequence[int]) -> list[int]:
    """Delete all at once, or one by one if something protects one of them; return what stays."""
    try:
        with transaction.atomic():
            queryset.filter(pk__in=ids).delete()
    except (ProtectedError, RestrictedError):
        if len(ids) == 1:
            return list(ids)
        half = len(ids) // 2
        return _delete(queryset, ids[:half]) + _delete(queryset, ids[half:])
    return []


def _restore(model: type[models.Model], instances: list[models.Model], entries: Mapping[Any, Saved], links: "_Links") -> list[int]:
    """Give back all at once, or by halves if the database refuses one: an address that is another's now, a place that is fuller."""
    if not instances:
        return []
    try:
        with transaction.atomic():
            _give_back(model, instances, entries, links)
    except IntegrityError:
        links.forget()
        if len(instances) == 1:
            return [instances[0].pk]
        half = len(instances) // 2
        return _restore(model, instances[:half], entries, links) + _restore(model, instances[half:], entries, links)
    return []


def _give_back(model: type[models.Model], instances: list[models.Model], entries: Mapping[Any, Saved], links: "_Links") -> None:
    names: set[str] = set()
    for instance in instances:
        plain, many = links.split(entries[instance.pk].before)
        for name, value in plain.items():
            column: Any = model._meta.get_field(name)
            setattr(instance, name, column.to_python(value))
        names |= set(plain)
        links.plan(instance, many, is_new=False)
    if names:
        model._default_manager.bulk_update(instances, sorted(names), batch_size=BATCH)
    links.write()


class _Links:
    """The many-to-many fields among the attributes: their present values in one query each, and what to write."""

    def __init__(self, model: type[models.Model], rows: Mapping[int, tuple[Any, Fields]], instances: Sequence[models.Model]) -> None:
        names = {name for _key, fields in rows.values() for name in fields}
        self.names = {name for name in names if any(name == relation.name for relation in model._meta.many_to_many)}
        self._relations: dict[str, Any] = {name: model._meta.get_field(name) for name in self.names}
        self._now: dict[str, dict[int, list[int]]] = {}
        self._plans: dict[str, list[tuple[models.Model, Sequence[int], bool]]] = {name: [] for name in self.names}
        for name, relation in self._relations.items():
            own, other = relation.m2m_column_name(), relation.m2m_reverse_name()
            pairs = relation.remote_field.through._default_manager.filter(**{f"{own}__in": [instance.pk for instance in instances]})
            self._now[name] = {}
            for own_id, other_id in pairs.order_by(other).values_list(own, other):
                self._now[name].setdefault(own_id, []).append(other_id)

    def split(self, fields: Fields) -> tuple[dict[str, Any], dict[str, Any]]:
        plain = {name: value for name, value in fields.items() if name not in self.names}
        return plain, {name: value for name, value in fields.items() if name in self.names}

    def values(self, pk: int, names: Iterable[str]) -> dict[str, list[int]]:
        return {name: self._now[name].get(pk, []) for name in names}

    def order(self, name: str, value: Any) -> Any:
        return sorted(set(value)) if name in self.names else value

    def plan(self, instance: models.Model, many: Mapping[str, Sequence[int]], *, is_new: bool) -> None:
        for name, ids in many.items():
            self._plans[name].append((instance, self.order(name, ids), is_new))

    def forget(self) -> None:
        """Drop what was planned and not written."""
        for plans in self._plans.values():
            plans.clear()

    def write(self) -> None:
        for name, plans in self._plans.items():
            relation = self._relations[name]
            through = relation.remote_field.through
            own, other = relation.m2m_column_name(), relation.m2m_reverse_name()
            changed = [instance.pk for instance, _ids, is_new in plans if not is_new]
            through._default_manager.filter(**{f"{own}__in": changed}).delete()
            through._default_manager.bulk_create(
                [through(**{own: instance.pk, other: pk}) for instance, ids, _is_new in plans for pk in ids], batch_size=BATCH
            )
            plans.clear()


def _plain_values(instance: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in names}


def _plain(value: Any) -> Any:
    """A value as JSON gives it back, so that what was stored and what is now can be compared."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _digest(fields: Fields) -> str:
    return hashlib.sha256(json.dumps(dict(sorted(fields.items())), cls=DjangoJSONEncoder).encode()).hexdigest()
