"""A small chart of our own with everything that rendering has to cope with, and releases of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from groundplan.rendering import Sessions, helm
from groundplan.rendering.engines import Target
from groundplan.rendering.releases import Release
from groundplan.rendering.rendering import Rendering

needs_helm = pytest.mark.skipif(helm() is None, reason="there is no Helm here: neither helm-python-sdk nor helm")

FILES = {
    "Chart.yaml": """
        apiVersion: v2
        name: claims
        version: 1.2.3
        """,
    "values.yaml": """
        image: registry.example.com/claims:1.0.0
        port: 8080
        logLevel: info
        metrics:
          enabled: false
          interval: 30s
          labels: {}
        gone: never read
        extra: []
        """,
    "templates/deployment.yaml": """
        ---# what comes here is content, not a comment of the separator
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Release.Name }}
        spec:
          replicas: {{ .Values.replicas | default 1 }}
          selector:
            matchLabels:
              app: claims
          template:
            metadata:
              labels:
                app: claims
            spec:
              {{- if .Values.tolerateAll }}
              tolerations:
              - operator: Exists
              {{- end }}
              containers:
              - name: claims
                image: {{ .Values.image }}
                ports:
                - containerPort: {{ .Values.port }}
                {{- if eq .Values.logLevel "debug" }}
                args: [--verbose]
                {{- end }}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: {{ .Release.Name }}
          annotations:
            kubernetes: {{ .Capabilities.KubeVersion.Version }}
            monitored: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
            classes: {{ .Capabilities.APIVersions.Has "networking.k8s.io/v1/IngressClass" | quote }}
        spec:
          ports:
          - port: 80
        """,
    "templates/metrics.yaml": """
        {{- if .Values.metrics.enabled }}
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata:
          name: {{ .Release.Name }}
          labels:
            {{- toYaml .Values.metrics.labels | nindent 4 }}
        spec:
          selector: {}
          endpoints:
          - interval: {{ .Values.metrics.interval }}
        {{- end }}
        """,
    "templates/test.yaml": """
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{ .Release.Name }}-test
          annotations:
            helm.sh/hook: test-success
        """,
    "templates/role.yaml": """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRole
          metadata:
            name: {{ .Release.Name }}
          rules: []
        - apiVersion: v1
          kind: ConfigMap
          metadata:
            name: {{ .Release.Name }}
            namespace: elsewhere
        """,
    "templates/NOTES.txt": "Thank you for {{ .Values.image }}",
    "crds/widgets.yaml": """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: widgets.example.com
        spec:
          group: example.com
          scope: Cluster
          names:
            kind: Widget
            plural: widgets
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
        """,
}


def write_chart(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """The chart as a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").split("\n")
        indent = len(lines[0]) - len(lines[0].lstrip())
        target.write_text("\n".join(line[indent:] for line in lines) + "\n", encoding="utf-8")
    return folder


def release(folder: Path | None, *documents: Mapping[str, Any], **changes: Any) -> Release:
    """A release of the chart in a folder."""
    settings: dict[str, Any] = {
        "stack": "prod-claims",
        "address": "module.claims.helm_release.claims",
        "name": "claims",
        "namespace": "insurance",
        "repository": "",
        "chart": "claims",
        "version": "",
        "folder": folder,
        "documents": documents,
        "settings": {},
    }
    return Release(**{**settings, **changes})


@contextmanager
def rendering_for(target: Target) -> Iterator[Rendering]:
    """What renders for a cluster, with the Helm that is here."""
    found = helm()
    if found is None:
        yield Rendering(target, None)
        return
    with Sessions(found) as sessions:
        yield Rendering(target, sessions)
