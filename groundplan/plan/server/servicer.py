"""One provider, as Terraform's core sees it: provider protocol 6, answered from schemas alone.

https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin6.proto
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from groundplan.values import UNKNOWN, ConfigProblem

from .. import checks, errors
from ..cty import decode, encode, plain, unknown
from ..schema import PROVIDERS_WITH_FACTS, Attribute, Block, NestedBlock, ProviderSchema
from .answers import DataProblem, place_of, read_data
from .calls import Answer, CallFailed
from .configuration import provider_problems
from .planning import config_problems, fill_unknown, plan_change, replaced_paths, upgraded
from .shapes import UNKNOWN_DOCUMENT, Maker
from .wire import schema_response

__all__ = ["Servicer"]

_SERVICE = "/tfplugin6.Provider/"
# A core opens one connection for each provider configuration; this many at once is far beyond any stack.
_CONNECTIONS = 4096
_VALIDATIONS = 1024


class Servicer:
    """Serves one provider. `answers` is asked at each call, so that one server can serve one stack after another."""

    def __init__(self, schema: ProviderSchema, answers: Callable[[], Mapping[str, Any]]) -> None:
        self._schema = schema
        self._answers = answers
        self._response = schema_response(schema)
        self._settings: OrderedDict[str, dict[str, Any]] = OrderedDict()
        # a core asks before it plans and while it does, and of two plans of one stack most of it is the same
        self._validated = lru_cache(_VALIDATIONS)(self._problems_of)

    def answers(self) -> dict[str, Answer]:
        """What each of the protocol's calls is answered with, by its path."""
        calls: dict[str, Callable[[Any, str], Any]] = {
            "GetMetadata": self._metadata,
            "ValidateProviderConfig": self._validate_provider,
            "ValidateResourceConfig": self._validate_resource,
            "ValidateDataResourceConfig": self._validate_data,
            "UpgradeResourceState": self._upgrade,
            "ConfigureProvider": self._configure,
            "ReadResource": self._read,
            "PlanResourceChange": self._plan,
            "ApplyResourceChange": self._apply,
            "ImportResourceState": self._import,
            "ReadDataSource": self._read_data,
            "GetFunctions": lambda _request, _peer: pb.GetFunctions.Response(),
            "StopProvider": lambda _request, _peer: pb.StopProvider.Response(),
        }
        schema = self._response.SerializeToString()
        return {
            f"{_SERVICE}GetProviderSchema": lambda _request, _peer: schema,
            **{f"{_SERVICE}{name}": _answer(name, call) for name, call in calls.items()},
        }

    def _metadata(self, _request: Any, _peer: str) -> Any:
        return pb.GetMetadata.Response(
            server_capabilities=self._response.server_capabilities,
            resources=[{"type_name": name} for name in sorted(self._schema.resources)],
            data_sources=[{"type_name": name} for name in sorted(self._schema.data_sources)],
        )

    def _configure(self, request: Any, peer: str) -> Any:
        config = decode(request.config.msgpack)
        settings: dict[str, Any] = {}
        if self._schema.name == "aws":
            region = config.get("region")
            settings = {
                "region": self._answers().get("region", "us-east-1") if region is None else region,
                "default_tags": _default_tags(config.get("default_tags")),
            }
        # All configurations of a provider talk to one server; only the connection tells them apart.
        self._settings[peer] = settings
        self._settings.move_to_end(peer)
        while len(self._settings) > _CONNECTIONS:
            self._settings.popitem(last=False)
        return pb.ConfigureProvider.Response()

    def _settings_of(self, peer: str) -> dict[str, Any]:
        return self._settings.get(peer, {})

    def _validate_provider(self, request: Any, _peer: str) -> Any:
        seen = plain(decode(request.config.msgpack))
        found = config_problems(self._schema.provider, seen) + provider_problems(self._schema.name, seen)
        return pb.ValidateProviderConfig.Response(diagnostics=[_diagnostic(problem) for problem in found])

    def _validate_resource(self, request: Any, peer: str) -> Any:
        region = self._settings_of(peer).get("region")
        diagnostics = self._validated(
            request.type_name, request.config.msgpack, region if isinstance(region, str) else None
        )
        return pb.ValidateResourceConfig.Response(diagnostics=diagnostics)

    def _problems_of(self, type_name: str, config: bytes, region: str | None) -> tuple[Any, ...]:
        """What is wrong with a resource, which depends on these three and on the schema alone."""
        seen = _seen(config)
        found = config_problems(self._schema.resources[type_name], seen)
        found += checks.check_resource(self._schema.name, type_name, seen)
        found += checks.check_place(type_name, seen, region)
        return tuple(_diagnostic(problem) for problem in found)

    def _validate_data(self, request: Any, _peer: str) -> Any:
        block = self._schema.data_sources[request.type_name]
        seen = _seen(request.config.msgpack)
        found = config_problems(block, seen)
        found += checks.check_resource(self._schema.name, request.type_name, seen, data=True)
        return pb.ValidateDataResourceConfig.Response(diagnostics=[_diagnostic(problem) for problem in found])

    def _upgrade(self, request: Any, _peer: str) -> Any:
        state = upgraded(self._schema.resources[request.type_name], json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state={"msgpack": encode(state)})

    def _read(self, request: Any, _peer: str) -> Any:
        return pb.ReadResource.Response(new_state=request.current_state, private=request.private)

    def _plan(self, request: Any, peer: str) -> Any:
        block = self._schema.resources[request.type_name]
        prior, proposed = decode(request.prior_state.msgpack), decode(request.proposed_new_state.msgpack)
        config = decode(request.config.msgpack)
        planned = plan_change(block, prior, proposed, config, settings=self._settings_of(peer))
        replaced = replaced_paths(block, prior, planned, config, self._forces(request.type_name, block))
        return pb.PlanResourceChange.Response(
            planned_state={"msgpack": encode(planned)},
            requires_replace=[_path(path) for path in replaced],
            planned_private=request.prior_private,
            # As the older SDK does: it alone plans a default for an attribute that is not computed, which the core
            # takes from nobody else.
            # https://github.com/hashicorp/terraform/blob/v1.11.4/docs/plugin-protocol/tfplugin6.9.proto
            legacy_type_system=block.has_defaults,
        )

    def _forces(self, type_name: str, block: Block) -> Callable[[Attribute | NestedBlock], bool]:
        """Whether a change of an attribute or a block replaces the resource. Some providers say so themselves."""
        if self._schema.name in PROVIDERS_WITH_FACTS:
            return lambda each: each.force_new
        names = checks.replacement_paths(type_name)
        forcing = {id(each) for name, each in (*block.attributes.items(), *block.blocks.items()) if name in names}
        return lambda each: id(each) in forcing

    def _apply(self, request: Any, peer: str) -> Any:
        block = self._schema.resources[request.type_name]
        planned, config = decode(request.planned_state.msgpack), decode(request.config.msgpack)
        if planned is None:
            return pb.ApplyResourceChange.Response(new_state=request.planned_state)
        fill = self._filler(request.type_name, planned, config, self._settings_of(peer))
        state = fill_unknown(block, planned, fill)
        return pb.ApplyResourceChange.Response(new_state={"msgpack": encode(state)}, private=request.planned_private)

    def _filler(
        self, type_name: str, planned: Any, config: Any, settings: Mapping[str, Any]
    ) -> Callable[[Attribute, tuple[str, ...]], Any]:
        region = planned.get("region") if isinstance(planned, dict) else None
        place = place_of(self._answers(), settings.get("region") if unknown(region) else region)
        given = plain(config)
        seed = hashlib.sha256(json.dumps(given, sort_keys=True, default=repr).encode()).hexdigest()
        maker = Maker(type_name, seed, place, given)

        def fill(attribute: Attribute, path: tuple[str, ...]) -> Any:
            if path == ("tags_all",):
                return {}
            # What a provider would choose by default stays unknown to a later plan; only what names things is made up.
            if attribute.optional and not maker.identifies(path):
                return None
            return maker.value(attribute.cty(), path)

        return fill

    def _import(self, request: Any, _peer: str) -> Any:
        message = errors.import_offline(request.type_name, request.id)
        return pb.ImportResourceState.Response(diagnostics=[_error(message.message, message.cure)])

    def _read_data(self, request: Any, peer: str) -> Any:
        block = self._schema.data_sources[request.type_name]
        config = decode(request.config.msgpack)
        try:
            state = read_data(request.type_name, block, config, self._answers(), self._settings_of(peer))
        except DataProblem as refused:
            return pb.ReadDataSource.Response(diagnostics=[_diagnostic(refused.problem)])
        return pb.ReadDataSource.Response(state={"msgpack": encode(state)})


def _answer(name: str, call: Callable[[Any, str], Any]) -> Answer:
    read = getattr(pb, name).Request.FromString

    def answer(message: bytes, peer: str) -> bytes:
        request = None
        try:
            request = read(message)
            said: bytes = call(request, peer).SerializeToString()
        except Exception as error:  # the core prints a lost connection instead of the cause
            what = f"{name} {getattr(request, 'type_name', '')}: {error}\n{traceback.format_exc()}"
            raise CallFailed(what) from error
        return said

    return answer


def _seen(config: bytes) -> Any:
    """A configuration as checks see it: a document that only AWS knows is as good as unknown."""
    value = plain(decode(config))
    return _without_unknown_documents(value) if b"groundplan-unknown" in config else value


def _without_unknown_documents(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_unknown_documents(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_unknown_documents(item) for item in value]
    return UNKNOWN if value == UNKNOWN_DOCUMENT else value


def _default_tags(blocks: Any) -> Any:
    if unknown(blocks):
        return blocks
    tags: dict[str, Any] = {}
    for block in blocks or ():
        given = block if unknown(block) else block.get("tags")
        if unknown(given):
            return given
        tags |= given or {}
    return tags


def _diagnostic(problem: ConfigProblem) -> Any:
    severity = pb.Diagnostic.WARNING if problem.warning else pb.Diagnostic.ERROR
    return _told(severity, problem.message, problem.cure, problem.attribute_path)


def _error(summary: str, detail: str, path: Iterable[str | int] = ()) -> Any:
    return _told(pb.Diagnostic.ERROR, summary, detail, path)


def _told(severity: Any, summary: str, detail: str, path: Iterable[str | int]) -> Any:
    steps = tuple(path)
    return pb.Diagnostic(severity=severity, summary=summary, detail=detail, attribute=_path(steps) if steps else None)


def _path(steps: Iterable[str | int]) -> Any:
    """A path as the protocol writes it. A name after a block's index is an attribute; map keys travel as names too."""
    return pb.AttributePath(
        steps=[{"element_key_int": step} if isinstance(step, int) else {"attribute_name": step} for step in steps]
    )
