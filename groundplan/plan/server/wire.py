"""Schemas as the provider protocol's messages."""

from __future__ import annotations

import json
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from ..schema import Attribute, Block, NestedBlock, ProviderSchema

__all__ = ["schema_response"]

# Field 11 of Schema.Attribute, `write_only`, is newer than the generated messages; protobuf keeps unknown fields.
# https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin6.proto
_WRITE_ONLY = b"\x58\x01"

# What modules may tell the aws provider of themselves: it adds it to the requests that it sends.
# https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs#provider_meta-configuration
_PROVIDER_META = pb.Schema(
    block=pb.Schema.Block(
        attributes=[pb.Schema.Attribute(name="user_agent", type=b'["list","string"]', optional=True)],
    )
)


def schema_response(schema: ProviderSchema) -> Any:
    """The answer to GetProviderSchema."""
    return pb.GetProviderSchema.Response(
        provider=_schema(schema.provider),
        resource_schemas={name: _schema(block) for name, block in schema.resources.items()},
        data_source_schemas={name: _schema(block) for name, block in schema.data_sources.items()},
        provider_meta=_PROVIDER_META if schema.name == "aws" else None,
        server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
    )


def _schema(block: Block) -> Any:
    return pb.Schema(version=0, block=_block(block))


def _block(block: Block) -> Any:
    return pb.Schema.Block(
        attributes=[_attribute(name, attribute) for name, attribute in sorted(block.attributes.items())],
        block_types=[_nested_block(name, nested) for name, nested in sorted(block.blocks.items())],
    )


def _nested_block(name: str, nested: NestedBlock) -> Any:
    single = nested.nesting == "single"
    return pb.Schema.NestedBlock(
        type_name=name,
        block=_block(nested.block),
        nesting=pb.Schema.NestedBlock.NestingMode.Value(nested.nesting.upper()),
        min_items=nested.min_items if nested.nesting != "map" else 0,
        max_items=nested.min_items if single else nested.max_items,
    )


def _attribute(name: str, attribute: Attribute) -> Any:
    message = pb.Schema.Attribute(
        name=name,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        deprecated=attribute.deprecated,
    )
    if attribute.nested is None:
        message.type = json.dumps(attribute.type, separators=(",", ":")).encode()
    else:
        inner = attribute.nested
        message.nested_type.CopyFrom(
            pb.Schema.Object(
                attributes=[_attribute(each, value) for each, value in sorted(inner.attributes.items())],
                nesting=pb.Schema.Object.NestingMode.Value(inner.nesting.upper()),
            )
        )
    if attribute.write_only:
        return pb.Schema.Attribute.FromString(message.SerializeToString() + _WRITE_ONLY)
    return message
