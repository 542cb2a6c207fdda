"""Values that a cloud would have chosen, made up so that they look right: ARNs that parse, ids with their prefix.

They are a function of what is configured, so that two runs over equal input agree. data/shapes.json holds the forms of
the types in common use; everything else follows from the attribute's name and type.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..cty import dynamic
from ..schema import CtyType, provider_facts
from .places import Place

__all__ = ["UNKNOWN_DOCUMENT", "Maker"]

_CREATED = "2024-01-01T00:00:00Z"
# A document that only AWS knows. It parses, and nobody can take it for one: it allows and denies nothing.
UNKNOWN_DOCUMENT = '{"groundplan-unknown":"a document that only AWS knows"}'
_FIELD = re.compile(r"\{(\w+)\}")


@cache
def _shapes() -> dict[str, Any]:
    text = resources.files("groundplan.plan").joinpath("data/shapes.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@dataclass(frozen=True)
class Maker:
    """Makes up values for one object of `type_name`, the same for the same `seed`.

    `known` is what is configured; a name in it goes into ARNs. `marker` stands in for every name and every random part,
    for values that must be recognised as made up wherever they turn up.
    """

    type_name: str
    seed: str
    place: Place
    known: dict[str, Any]
    marker: str = ""

    def value(self, cty: CtyType, path: tuple[str, ...]) -> Any:
        """A value of type `cty` for the attribute at `path`."""
        if cty == "dynamic":
            return dynamic(self.text(path))
        if cty == "string":
            return self.text(path)
        if cty == "number":
            return 443 if path[-1].endswith("port") else 1
        if cty == "bool":
            return False
        if cty[0] == "object":
            return {name: self.value(member, (*path, name)) for name, member in cty[1].items()}
        if cty[0] == "map":
            return {}
        forms = _shapes()["types"].get(self.type_name, {})
        if listed := forms.get("lists", {}).get(".".join(path)):
            # as many as the service always has, such as the three keys that mail of a domain may be signed with
            return [self._filled(listed["form"], (*path, str(number))) for number in range(listed["length"])]
        repeated = forms.get("repeated", {})
        if len(path) == 1 and path[0] in repeated:
            return [self._item(cty[1], path, repeated[path[0]], item) for item in self._configured(repeated[path[0]])]
        return [self.value(cty[1], path)]

    def _configured(self, rule: dict[str, Any]) -> list[str]:
        """The configured texts that a list of the provider's has one object each for, in their order."""
        found: dict[str, None] = {}
        for attribute in rule["from"]:
            given = self.known.get(attribute)
            found |= dict.fromkeys(text for text in (given if isinstance(given, list) else [given]) if text)
        return [text for text in found if isinstance(text, str)]

    def _item(self, cty: CtyType, path: tuple[str, ...], rule: dict[str, Any], item: str) -> Any:
        """The object of one configured text: the text itself, what has a form, and the rest as it is made up elsewhere.

        A wildcard of DNS is made up like its domain, as services that prove domains do.
        """
        made: dict[str, Any] = self.value(cty, path)
        name = item.removeprefix("*.")
        for attribute, form in rule["forms"].items():
            made[attribute] = self._filled(form.replace("{item}", name), (*path, name, attribute))
        return made | {rule["as"]: item}

    def identifies(self, path: tuple[str, ...]) -> bool:
        """Whether the attribute at `path` names a thing or says where it is, so that others refer to it."""
        attribute = path[-1]
        forms = _shapes()["types"].get(self.type_name, {})
        return len(path) == 1 and (
            attribute in forms or attribute == forms.get("named_by") or _IDENTITY.search(attribute) is not None
        )

    def shaped(self, attribute: str) -> bool:
        """Whether a name like this one has a form of its own."""
        return attribute in ("arn", "id") or attribute.endswith(("_arn", "_id")) or bool(_form_by_name(attribute))

    def text(self, path: tuple[str, ...]) -> str:
        """A string for the attribute at `path`."""
        attribute = path[-1]
        top = len(path) == 1
        forms = _shapes()["types"].get(self.type_name, {}) if top else {}
        if attribute in forms and attribute != "named_by":
            return self._filled(forms[attribute], path)
        if top and attribute == "id":
            return self._filled("{name}", path)
        if top and attribute == "arn":
            return self._arn()
        return self._by_name(attribute, path)

    def _arn(self) -> str:
        service, _, rest = self.type_name.removeprefix("aws_").partition("_")
        return self._filled(f"arn:{{partition}}:{service}:{{region}}:{{account}}:{rest or service}/{{name}}", ("arn",))

    def _by_name(self, attribute: str, path: tuple[str, ...]) -> str:
        singular = attribute.removesuffix("s") if attribute.endswith(("arns", "ids")) else attribute
        other = _other_type(singular)
        if other:
            maker = Maker(other, self._digest(*path), self.place, {}, self.marker)
            return maker.text(("arn" if singular.endswith("_arn") or other == "aws_kms_key" else "id",))
        if singular == "arn" or singular.endswith("_arn"):
            return self._filled(f"arn:{{partition}}:{self._service()}:{{region}}:{{account}}:{singular}/{{hex}}", path)
        if provider_facts(self.type_name).at(".".join(path)).get("arn") is True:
            # a resource's own argument tells what the data source of the same name finds there
            if attribute == "role" or attribute.endswith("_role"):
                return self._filled("arn:{partition}:iam::{account}:role/{hex}", path)
            form = f"arn:{{partition}}:{self._service()}:{{region}}:{{account}}:{attribute}/{{hex}}"
            return self._filled(form, path)
        form = _form_by_name(attribute)
        if form:
            return form if form.startswith('{"') else self._filled(form, path)
        return self._filled(f"{attribute}-{{hex8}}".replace("_", "-"), path)

    def _service(self) -> str:
        return self.type_name.removeprefix("aws_").split("_", 1)[0]

    def _filled(self, form: str, path: tuple[str, ...]) -> str:
        return _FIELD.sub(lambda match: self._part(match[1], path), form)

    def _part(self, field: str, path: tuple[str, ...]) -> str:
        if field in ("partition", "region", "dns_suffix"):
            return str(getattr(self.place, field))
        if field == "account":
            return self.place.account_id
        if field in ("id", "arn"):
            return self.text((field,))
        if self.marker:
            return self.marker
        if field == "name":
            return self._name()
        digest = self._digest(*path)
        if field == "uuid":
            return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
        if field == "HEX":
            return digest[:20].upper()
        if field.startswith("base32_"):
            return base64.b32encode(bytes.fromhex(digest)).decode().lower()[: int(field.removeprefix("base32_"))]
        return digest[: int(field.removeprefix("hex") or 17)]

    def _name(self) -> str:
        naming = _shapes()["types"].get(self.type_name, {}).get("named_by", "name")
        for attribute in (naming, "name", "id"):
            given = self.known.get(attribute)
            if isinstance(given, str) and given:
                return given.removeprefix("/") if attribute == naming and "parameter" in self.type_name else given
        prefix = self.known.get(f"{naming}_prefix")
        if isinstance(prefix, str) and prefix:
            return f"{prefix}{self._digest(naming)[:8]}"
        short = self.type_name.partition("_")[2].replace("_", "-")
        return f"{short}-{self._digest(naming)[:8]}"

    def _digest(self, *path: str) -> str:
        return hashlib.sha256("\0".join((self.type_name, self.seed, *path)).encode()).hexdigest()


def _other_type(attribute: str) -> str | None:
    found: str | None = _shapes()["by_attribute"].get(attribute)
    if found is None and attribute.endswith(("_arn", "_id")):
        found = next(
            (
                name
                for ending, name in sorted(_shapes()["by_attribute"].items(), key=lambda item: -len(item[0]))
                if attribute.endswith(f"_{ending}")
            ),
            None,
        )
    return found


def _form_by_name(attribute: str) -> str:
    return next((form for pattern, form in _BY_NAME if pattern.search(attribute)), "")


_IDENTITY = re.compile(r"(^|_)(arn|id|name|identifier|address|endpoint|url|port|zone|key)$")
_BY_NAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"(^|_)(account_id|owner_id|owner|registry_id|source_account|account)$", "{account}"),
        (r"(^|_)region$", "{region}"),
        (r"(^|_)availability_zones?$", "{region}a"),
        (r"(^|_)partition$", "{partition}"),
        (r"(_at|_date|_time|_timestamp|_on|^not_after|^not_before)$", _CREATED),
        (r"(^|_)(policy|policy_json|json)$", UNKNOWN_DOCUMENT),
        (r"(^|_)(url|uri|issuer)$", "https://{hex8}.example.com"),
        (
            r"(^|_)(endpoint|address|host|hostname|fqdn|dns_name|domain_name|domain|name_servers?)$",
            "{hex8}.example.com",
        ),
        (r"cidr_blocks?$", "10.0.0.0/16"),
        (r"(^|_)ip(_address)?$", "10.0.0.10"),
        (r"(^|_)(status|state)$", "ACTIVE"),
        (r"(^|_)version$", "1"),
        (r"(^|_)name$", "{name}"),
    )
)
