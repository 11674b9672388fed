"""Resources that are found by name: one description makes their five operations.

Credentials are such (section 10.1), and most kinds of section 10. A kind says what differs: its
fields, its filters, and what replies add or hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...clock import iso_time
from ...lifecycle import touch
from ...routing import Exchange, Route
from ...schema import Object, merged
from ...store import Record
from . import workspaces
from .envelope import already_exists, body_of, invalid, matches_name, not_found, page, words


def _no_problems(fields: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


def _nothing_added(record: Record) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Collection:
    """A kind of resource whose operations take effect at once.

    Attributes:
        kind: Kind of its records; also the word in messages.
        path: Path of the collection.
        operations: Names of create, list, get, update and delete.
        schema: Its fields.
        name_field: Field that holds the name.
        id_field: Field that holds the id.
        updated_field: Field that holds the time of the last change.
        defaults: Values of fields that create leaves out.
        filters: Query parameters of the list and the top-level fields they compare.
        problems: What is wrong with fields taken together.
        in_get: What only GET adds.
        in_list: What list items have beside what all replies have.
        left_out_of_list: Fields that list items don't have.
    """

    kind: str
    path: str
    operations: tuple[str, str, str, str, str]
    schema: Object
    name_field: str
    id_field: str
    updated_field: str = "updatedAt"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    problems: Callable[[Mapping[str, Any]], Iterator[str]] = _no_problems
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
        fields = {**self.defaults, **merged(self.schema, {}, body)}
        if self.schema.field("workspaceId"):
            fields.setdefault("workspaceId", workspaces.default(exchange).id)
            workspaces.check_exists(exchange, fields["workspaceId"])
        self._check(fields)
        if self._find(exchange, name):
            raise already_exists(exchange, f"{self.kind} {name}")
        now = cloud.clock.now()
        record = Record(self.kind, cloud.ids.uuid(), name, fields, now, now)
        return self._shown(cloud.store.add(exchange.scope, record))

    def _list(self, exchange: Exchange) -> dict[str, Any]:
        found = [
            record
            for record in reversed(exchange.cloud.store.all(exchange.scope, self.kind))
            if matches_name(exchange, self.name_field, record.name)
            and self._passes(exchange, record)
        ]
        result = page(exchange, found)
        result["items"] = [self._listed(record) for record in result["items"]]
        return result

    def _get(self, exchange: Exchange) -> dict[str, Any]:
        record = self._need(exchange)
        return {**self._shown(record), **self.in_get(record)}

    def _update(self, exchange: Exchange) -> dict[str, Any]:
        record, assumed = self._need(exchange), exchange.cloud.unverified
        body = body_of(exchange, self.schema, "update")
        deep = assumed.merge == "deep"
        clears = assumed.empty_clears
        fields = merged(self.schema, record.fields, body, deep=deep, empty_clears=clears)
        self._check(fields)
        record.fields = fields
        touch(record, exchange.cloud.clock.now())
        return self._shown(record)

    def _delete(self, exchange: Exchange) -> dict[str, Any]:
        record = self._need(exchange)
        exchange.cloud.store.remove(exchange.scope, record)
        return {self.id_field: record.id, self.name_field: record.name}

    def _check(self, fields: Mapping[str, Any]) -> None:
        problems = list(self.problems(fields))
        if problems:
            raise invalid(*problems)

    def _find(self, exchange: Exchange, name: str) -> Record | None:
        for record in exchange.cloud.store.all(exchange.scope, self.kind):
            if record.name == name:
                return record
        return None

    def _need(self, exchange: Exchange) -> Record:
        name = exchange.path["name"]
        exchange.mark["resource"] = f"{self.kind}/{name}"
        record = self._find(exchange, name)
        if record is None:
            raise not_found(exchange, f"{self.kind} {name}")
        return record

    def _passes(self, exchange: Exchange, record: Record) -> bool:
        places = words(exchange, "workspaceId", "workspaceIds")
        if places and record.fields.get("workspaceId") not in places:
            return False
        return all(
            _as_text(record.fields.get(name)) == exchange.request.params[parameter]
            for parameter, name in self.filters.items()
            if exchange.request.params.get(parameter)
        )

    def _shown(self, record: Record) -> dict[str, Any]:
        return {
            **self.schema.returned(record.fields),
            self.id_field: record.id,
            "createdAt": iso_time(record.created_at),
            self.updated_field: iso_time(record.updated_at),
        }

    def _listed(self, record: Record) -> dict[str, Any]:
        whole = {**self._shown(record), **self.in_list(record)}
        return {key: value for key, value in whole.items() if key not in self.left_out_of_list}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
