"""Resources that are found by name: one description makes their five operations.

Credentials are such (section 10.1), and most kinds of section 10. A kind says what differs: its
fields, its filters, whether its changes take time, and what replies add or hide.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ... import machine
from ...clock import iso_time
from ...errors import ServiceError
from ...lifecycle import touch
from ...machine import Event
from ...routing import Exchange, Route
from ...schema import Object, merged
from ...store import Record
from ...unverified import Unverified
from . import workspaces
from .envelope import (
    already_exists,
    body_of,
    invalid,
    matches_name,
    not_found,
    observed,
    page,
    words,
)
from .runtime_access import check_at_rest

Values = Callable[[Record], set[str]]


def _no_problems(fields: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


def _nothing_added(record: Record) -> dict[str, Any]:
    return {}


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    """Nothing is to be added."""


@dataclass(frozen=True)
class Taken:
    """What a write took out of its fields.

    Attributes:
        internal: What the record keeps of it.
        failure: Why the write will fail later on, if it will.
    """

    internal: Mapping[str, Any] = field(default_factory=dict)
    failure: str | None = None


def _nothing_taken(exchange: Exchange, fields: dict[str, Any], body: Mapping[str, Any]) -> Taken:
    return Taken()


@dataclass(frozen=True)
class Collection:
    """A kind of resource.

    Attributes:
        kind: Kind of its records; with spaces also the word in messages.
        path: Path of the collection.
        operations: Names of create, list, get, update and delete.
        schema: Its fields.
        name_field: Field that holds the name.
        id_field: Field that holds the id; empty if replies show none.
        updated_field: Field that holds the time of the last change.
        defaults: Values of fields that create leaves out.
        filters: Query parameters of the list and the top-level fields they compare, or what finds
            the values that they may equal.
        filters_names: Whether the list can be filtered by name.
        needs: Query parameters that the list can't do without, given the assumptions.
        counts_as_text: Whether a list tells its page and total as text, given the assumptions.
        lasting: Whether changes take time; then replies have `status` and perhaps `statusReason`.
            Otherwise they take effect at once.
        interruptible: Whether an update is taken while another change lasts.
        status_of_exists: Status of a duplicate, if it differs from that of other kinds.
        problems: What is wrong with fields taken together.
        take: Takes what is kept apart out of the fields of a write.
        complete: Puts what only the service knows into a reply, or changes what it shows.
        in_get: What only GET adds.
        in_list: What list items have beside what all replies have.
        left_out_of_list: Fields that list items don't have.
    """

    kind: str
    path: str
    operations: tuple[str, str, str, str, str]
    schema: Object
    name_field: str
    id_field: str = ""
    updated_field: str = "updatedAt"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str | Values] = field(default_factory=dict)
    filters_names: bool = True
    needs: Callable[[Unverified], tuple[str, ...]] = lambda assumed: ()
    counts_as_text: Callable[[Unverified], bool] = lambda assumed: False
    lasting: bool = False
    interruptible: bool = False
    status_of_exists: int | None = None
    problems: Callable[[Mapping[str, Any]], Iterator[str]] = _no_problems
    take: Callable[[Exchange, dict[str, Any], Mapping[str, Any]], Taken] = _nothing_taken
    complete: Callable[[Exchange, Record, dict[str, Any]], None] = _complete
    in_get: Callable[[Record], dict[str, Any]] = _nothing_added
    in_list: Callable[[Record], dict[str, Any]] = _nothing_added
    left_out_of_list: tuple[str, ...] = ()

    @property
    def routes(self) -> tuple[Route, ...]:
        """The five operations."""
        one = f"{self.path}/{{name}}"
        create, list_all, get, update, delete = self.operations
        return (
            Route("POST", self.path, create, self._create),
            Route("GET", self.path, list_all, self._list),
            Route("GET", one, get, self._get),
            Route("PUT", one, update, self._update),
            Route("DELETE", one, delete, self._delete),
        )

    def _create(self, exchange: Exchange) -> dict[str, Any]:
        cloud = exchange.cloud
        body = body_of(exchange, self.schema, "create")
        name = body[self.name_field]
        exchange.mark["resource"] = f"{self.kind}/{name}"
        fields = self._placed(exchange, {**self.defaults, **merged(self.schema, {}, body)}, {})
        self._check(fields)
        if self._find(exchange, name):
            raise self._taken(exchange, name)
        taken = self.take(exchange, fields, body)
        now = cloud.clock.now()
        record = Record(self.kind, cloud.ids.uuid(), name, fields, now, now)
        record.internal.update(taken.internal)
        if self.lasting:
            record.status = machine.ABSENT
            cloud.lifecycle.begin(record, Event.CREATE, exchange.outcome, taken.failure)
        return self.shown(exchange, cloud.store.add(exchange.scope, record))

    def _list(self, exchange: Exchange) -> dict[str, Any]:
        for name in self.needs(exchange.cloud.unverified):
            if not exchange.request.params.get(name):
                raise invalid(f"{name[:1].upper()}{name[1:]} is required")
        found = [
            record
            for record in exchange.cloud.store.all(exchange.scope, self.kind)
            if self._passes(exchange, record)
        ]
        statuses = words(exchange, "status") if self.lasting else set()
        seen = observed(exchange, found)
        result = page(exchange, [item for item in seen if not statuses or item.status in statuses])
        result["items"] = [self._listed(exchange, record) for record in result["items"]]
        if self.counts_as_text(exchange.cloud.unverified):
            result.update({name: str(result[name]) for name in ("pageNumber", "pageSize", "total")})
        return result

    def _get(self, exchange: Exchange) -> dict[str, Any]:
        record = exchange.cloud.lifecycle.observe(exchange.scope, self.need(exchange))
        if record is None:
            raise self._absent(exchange)
        return {**self.shown(exchange, record), **self.in_get(record)}

    def _update(self, exchange: Exchange) -> dict[str, Any]:
        cloud, record = exchange.cloud, self.need(exchange)
        assumed = cloud.unverified
        body = body_of(exchange, self.schema, "update")
        if self.lasting:
            self._interrupt(record)
            check_at_rest(exchange, record, "be updated")
        deep = assumed.merge == "deep"
        clears = assumed.empty_clears
        fields = merged(self.schema, record.fields, body, deep=deep, empty_clears=clears)
        fields = self._placed(exchange, fields, record.fields)
        self._check(fields)
        taken = self.take(exchange, fields, body)
        record.fields = fields
        record.internal.update(taken.internal)
        if self.lasting:
            cloud.lifecycle.begin(record, Event.UPDATE, exchange.outcome, taken.failure)
        else:
            touch(record, cloud.clock.now())
        return self.shown(exchange, record)

    def _delete(self, exchange: Exchange) -> dict[str, Any]:
        record = self.need(exchange)
        if self.lasting:
            exchange.cloud.lifecycle.begin(record, Event.DELETE, exchange.outcome)
            return self.shown(exchange, record)
        exchange.cloud.store.remove(exchange.scope, record)
        return {**self._identity(record), self.name_field: record.name}

    def _interrupt(self, record: Record) -> None:
        """End what an update may cut short; nothing stops a deletion."""
        if self.interruptible and record.status in (machine.CREATING, machine.UPDATING):
            record.status, record.pending = machine.READY, None

    def _placed(
        self, exchange: Exchange, fields: dict[str, Any], old: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Fields with a workspace, the default one if none is named."""
        if self.schema.field("workspaceId"):
            fields.setdefault("workspaceId", workspaces.default(exchange).id)
            if fields["workspaceId"] != old.get("workspaceId"):
                workspaces.check_exists(exchange, fields["workspaceId"])
        return fields

    def _taken(self, exchange: Exchange, name: str) -> ServiceError:
        error = already_exists(exchange, f"{self._word} {name}")
        return ServiceError(self.status_of_exists or error.status, error.code, error.message)

    def _absent(self, exchange: Exchange) -> ServiceError:
        return not_found(exchange, f"{self._word} {exchange.path['name']}")

    @property
    def _word(self) -> str:
        return self.kind.replace("_", " ")

    def _check(self, fields: Mapping[str, Any]) -> None:
        problems = list(self.problems(fields))
        if problems:
            raise invalid(*problems)

    def _find(self, exchange: Exchange, name: str) -> Record | None:
        for record in exchange.cloud.store.all(exchange.scope, self.kind):
            if record.name == name:
                return record
        return None

    def need(self, exchange: Exchange) -> Record:
        """The record that the path names.

        Raises:
            ServiceError: 404.
        """
        name = exchange.path["name"]
        exchange.mark["resource"] = f"{self.kind}/{name}"
        record = self._find(exchange, name)
        if record is None:
            raise self._absent(exchange)
        return record

    def _passes(self, exchange: Exchange, record: Record) -> bool:
        if self.filters_names and not matches_name(exchange, self.name_field, record.name):
            return False
        places = words(exchange, "workspaceId", "workspaceIds")
        if places and record.fields.get("workspaceId") not in places:
            return False
        params = exchange.request.params
        return all(
            params[parameter] in _values(record, source)
            for parameter, source in self.filters.items()
            if params.get(parameter)
        )

    def _identity(self, record: Record) -> dict[str, str]:
        return {self.id_field: record.id} if self.id_field else {}

    def shown(self, exchange: Exchange, record: Record) -> dict[str, Any]:
        """A record as all replies show it."""
        shown = {
            **self.schema.returned(copy.deepcopy(record.fields)),
            **self._identity(record),
            "createdAt": iso_time(record.created_at),
            self.updated_field: iso_time(record.updated_at),
        }
        if self.lasting:
            shown["status"] = record.status
            if record.reason:
                shown["statusReason"] = record.reason
        self.complete(exchange, record, shown)
        return shown

    def _listed(self, exchange: Exchange, record: Record) -> dict[str, Any]:
        whole = {**self.shown(exchange, record), **self.in_list(record)}
        return {key: value for key, value in whole.items() if key not in self.left_out_of_list}


def _values(record: Record, source: str | Values) -> set[str]:
    if not isinstance(source, str):
        return source(record)
    value = record.fields.get(source)
    if isinstance(value, bool):
        # The official SDK for Python writes them as Python does.
        return {str(value), str(value).lower()}
    return set() if value is None else {str(value)}
