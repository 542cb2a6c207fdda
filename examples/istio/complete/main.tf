# A mesh in two clusters: production with a canary of the control plane, ways in and out, certificates and traces; and
# development, small. A cluster has one mesh, and a provider speaks to one cluster: hence two calls.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
    }
  }
}

locals {
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  oidc_provider_arns = {
    claims  = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    sandbox = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/FEDCBA9876543210"
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

data "aws_eks_cluster_auth" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

provider "kubernetes" {
  alias                  = "claims"
  host                   = data.aws_eks_cluster.these["claims"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["claims"].token
}

provider "kubernetes" {
  alias                  = "sandbox"
  host                   = data.aws_eks_cluster.these["sandbox"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["sandbox"].token
}

provider "helm" {
  alias = "claims"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["claims"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["claims"].token
  }
}

provider "helm" {
  alias = "sandbox"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["sandbox"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["sandbox"].token
  }
}

module "claims" {
  source = "../../../out/modules/istio"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-mesh"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
  }

  # a canary of the control plane: these two lines, and payments below
  revisions = {
    "1-30-2" = { version = "1.30.2" }
    "1-30-3" = {}
  }
  default_revision = "1-30-2"

  namespaces = {
    claims   = {}
    payments = { revision = "1-30-3" }
  }

  gateways = {
    public = {
      load_balancer = {
        scheme        = "internet-facing"
        source_ranges = ["203.0.113.0/24"]
      }
      servers = {
        claims   = { hosts = ["claims.example.com"], secret_name = "claims-tls" }
        partners = { hosts = ["partners.example.com"], mode = "MUTUAL", secret_name = "partners-tls" }
      }
    }
    egress = {
      direction = "egress"
      scale     = { min_replicas = 3, max_replicas = 3 }
    }
  }

  services = {
    claims-api = {
      namespace = "claims"
      service   = "claims-api"
      gateways  = ["public"]
      hosts     = ["claims.example.com"]
      subsets = {
        v1 = { labels = { version = "v1" }, weight = 90 }
        v2 = { labels = { version = "v2" }, weight = 10 }
      }
      header_routes        = { x-canary = { value = "yes", subset = "v2" } }
      timeout_milliseconds = 3000
      retries              = { attempts = 2, per_try_milliseconds = 1000 }
      retry_budget         = {}
      circuit_breaker      = { consecutive_errors = 3 }
      load_balancing       = { algorithm = "LEAST_REQUEST", local = true }
    }
  }

  allowed = {
    gateway-asks-claims = {
      namespace       = "claims"
      workload_labels = { app = "claims-api" }
      gateways        = ["public"]
    }
    claims-asks-payments = {
      namespace = "payments"
      callers   = ["claims/claims-api"]
      methods   = ["GET", "POST"]
      paths     = ["/payments/*"]
    }
  }
  jwt = {
    login = {
      namespace       = "claims"
      workload_labels = { app = "claims-api" }
      issuer          = "https://login.example.com"
      audiences       = ["claims"]
    }
  }
  external_authorizers = {
    opa = { service = "opa.identity.svc.cluster.local", port = 9191 }
  }
  external_checks = {
    payments = { namespace = "payments", authorizer = "opa", except_paths = ["/healthz"] }
  }

  certificates = {
    claims-tls = {
      hosts        = ["claims.example.com"]
      issuer_name  = "internal"
      issuer_kind  = "AWSPCAClusterIssuer"
      issuer_group = "awspca.cert-manager.io"
    }
  }

  kiali = {
    issuer_url     = "https://login.example.com"
    client_id      = "kiali"
    secret_store   = "secrets-manager"
    remote_key     = "prod/kiali"
    prometheus_url = "http://mimir-gateway.observability.svc.cluster.local/prometheus"
    tempo_url      = "http://tempo-query-frontend.observability.svc.cluster.local:3200"
  }
  tracing    = { service = "collector.observability.svc.cluster.local", sampling_percent = 5 }
  prometheus = { labels = { release = "monitoring" } }

  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  extra_values         = { nodeSelector = { "karpenter.sh/capacity-type" = "on-demand" } }
  gateway_extra_values = { nodeSelector = { "karpenter.sh/capacity-type" = "on-demand" } }
}

module "sandbox" {
  source = "../../../out/modules/istio"
  providers = {
    aws        = aws
    helm       = helm.sandbox
    kubernetes = kubernetes.sandbox
  }

  name            = "dev-mesh"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = local.oidc_provider_arns["sandbox"]
    identity          = "pod_identity"
  }

  revisions        = { "1-30-3" = { scale = { min_replicas = 1, max_replicas = 1 } } }
  default_revision = "1-30-3"
  outbound         = "ALLOW_ANY"
}

output "namespace_revisions" {
  description = "Which control plane configures the proxies of each namespace."
  value       = module.claims.namespace_revisions
}
