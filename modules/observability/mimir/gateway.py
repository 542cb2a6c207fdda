"""What nginx before Mimir lets through, to whom, and as which tenant.

The chart's own configuration hands on the header X-Scope-OrgID as it comes, and paths of administration besides. This
one is whole: what is not listed is not there.

https://grafana.com/docs/mimir/latest/references/http-api/
"""

from __future__ import annotations

from groundplan.framework import each_item, join

from .inputs import MimirInputs

__all__ = ["GATEWAY_PORT", "nginx"]

GATEWAY_PORT = 8080
"""What nginx listens on; the chart's Service has it beside 80."""

_PROXY = "proxy_pass http://$server:8080$request_uri;"


def nginx(given: MimirInputs, mimir: str) -> str:
    """The file nginx.conf. Names are asked for again and again, by a variable: pods of a headless Service change.

    Samples have the header of who wrote them only from `gateway.writers`, and alerts that of who rang only from
    `gateway.rulers`; from everybody else, and for all that is read, the tenant is the user. A writer or a ruler that
    names no tenant is refused by Mimir itself.
    """

    def to(component: str) -> str:
        return f"set $server {mimir}-{component}.{given.namespace}.svc.cluster.local.; {_PROXY}"

    rulers = join(" ", each_item(given.gateway.rulers).documents(lambda user: f'"POST {user}" $http_x_scope_orgid;'))
    writers = join(" ", each_item(given.gateway.writers).documents(lambda user: f'"{user}" $http_x_scope_orgid;'))
    alertmanager = to("alertmanager-headless")
    return f"""\
worker_processes 5;
error_log /dev/stderr error;
pid /tmp/nginx.pid;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path /tmp/client_temp;
  proxy_temp_path /tmp/proxy_temp;
  fastcgi_temp_path /tmp/fastcgi_temp;
  uwsgi_temp_path /tmp/uwsgi_temp;
  scgi_temp_path /tmp/scgi_temp;
  default_type application/octet-stream;
  log_format main '$remote_addr - $remote_user [$time_local] $status "$request_method $uri" $body_bytes_sent';
  map $status $loggable {{ ~^[23] 0; default 1; }}
  access_log /dev/stderr main if=$loggable;
  sendfile on;
  tcp_nopush on;
  proxy_http_version 1.1;
  proxy_read_timeout 300;
  resolver kube-dns.kube-system.svc.cluster.local.;
  map $remote_user $writes_for {{ default $remote_user; {writers} }}
  map "$request_method $remote_user" $rings_for {{ default $remote_user; {rulers} }}
  server {{
    listen 8080;
    listen [::]:8080;
    client_max_body_size 540M;
    auth_basic "Mimir";
    auth_basic_user_file /etc/nginx/secrets/.htpasswd;
    proxy_set_header X-Scope-OrgID $remote_user;
    location = /ready {{ auth_basic off; return 200; }}
    location = /api/v1/push {{ proxy_set_header X-Scope-OrgID $writes_for; {to("distributor-headless")} }}
    location = /otlp/v1/metrics {{ proxy_set_header X-Scope-OrgID $writes_for; {to("distributor-headless")} }}
    location /prometheus {{ {to("query-frontend")} }}
    location = /api/v1/status/buildinfo {{ {to("query-frontend")} }}
    location /prometheus/config/v1/rules {{ {to("ruler")} }}
    location /prometheus/api/v1/rules {{ {to("ruler")} }}
    location /prometheus/api/v1/alerts {{ {to("ruler")} }}
    location = /alertmanager/api/v2/alerts {{ proxy_set_header X-Scope-OrgID $rings_for; {alertmanager} }}
    location /alertmanager {{ {alertmanager} }}
    location = /api/v1/alerts {{ limit_except GET {{ deny all; }} {alertmanager} }}
    location / {{ return 404; }}
  }}
}}
"""
