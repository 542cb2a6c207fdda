# Grafana for two clusters: production with three replicas on a database of their own, every data source, single sign-on
# and an Ingress; and staging, smaller, on a database that is there already. A provider speaks to one cluster: two calls.

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
    staging = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/FEDCBA9876543210"
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
  alias                  = "staging"
  host                   = data.aws_eks_cluster.these["staging"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["staging"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["staging"].token
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
  alias = "staging"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["staging"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["staging"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["staging"].token
  }
}

module "claims" {
  source = "../../../out/modules/grafana"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-grafana"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
  }

  domain   = "grafana.example.com"
  replicas = 3

  database = {
    vpc_id                 = "vpc-0123456789abcdef0"
    subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
    client_security_groups = { nodes = "sg-0123456789abcdef0" }
  }
  database_ca_config_map = "rds-authorities"

  secret_store   = { name = "secrets-manager" }
  admin          = { remote_key = "prod/grafana-admin" }
  encryption_key = { remote_key = "prod/grafana-encryption-key" }

  persistence = { storage_class = "gp3", size_gib = 10 }

  data_sources = {
    cloudwatch = {
      log_group_arns = ["arn:aws:logs:us-east-1:111122223333:log-group:/platform/*"]
      accounts = {
        payments = { role_arn = "arn:aws:iam::444455556666:role/grafana-reader", external_id = "grafana" }
      }
    }
    loki = {
      url         = "http://loki-gateway.loki.svc"
      tenant      = "prod"
      credentials = { remote_key = "prod/loki-reader" }
    }
    tempo = { url = "http://tempo-gateway.tempo.svc", tenant = "prod" }
    mimir = { url = "http://mimir-gateway.mimir.svc/prometheus", tenant = "prod" }
  }

  oidc = {
    client_id     = "grafana"
    client_secret = { remote_key = "prod/grafana-oidc", key = "client_secret" }
    auth_url      = "https://login.example.com/authorize"
    token_url     = "https://login.example.com/token"
    api_url       = "https://login.example.com/userinfo"
    admin_groups  = ["platform"]
    editor_groups = ["claims-engineers"]
    viewer_groups = ["everybody"]
  }

  ingress = { class_name = "kong", tls_secret_name = "grafana-tls" }
  metrics = {
    labels      = { release = "monitoring" }
    credentials = { remote_key = "prod/grafana-metrics" }
  }

  dashboard_namespaces     = ["claims"]
  priority_class_name      = "platform"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"
}

module "staging" {
  source = "../../../out/modules/grafana"
  providers = {
    aws        = aws
    helm       = helm.staging
    kubernetes = kubernetes.staging
  }

  name            = "staging-grafana"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "staging"
    oidc_provider_arn = local.oidc_provider_arns["staging"]
    identity          = "pod_identity"
  }

  domain   = "grafana.staging.example.com"
  replicas = 2

  existing_database = {
    host        = "shared.staging.example.com"
    credentials = { secret_name = "grafana-database" }
  }
  admin          = { secret_name = "grafana-admin" }
  encryption_key = { secret_name = "grafana-encryption-key" }

  data_sources = {
    cloudwatch = {}
    mimir      = { url = "http://mimir-gateway.mimir.svc/prometheus", tenant = "staging" }
  }
}

output "urls" {
  description = "What people open, by cluster."
  value       = { claims = module.claims.url, staging = module.staging.url }
}

output "database_secret_arn" {
  description = "What the External Secrets operator must be allowed to read, with the key that encrypts it."
  value       = { secret = module.claims.database_secret_arn, key = module.claims.kms_key_arn }
}
