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

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "prod"
}

data "aws_eks_cluster_auth" "this" {
  name = "prod"
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.this.token
}

locals {
  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }
}

# What partners call, from their networks
module "partners" {
  source = "../../../out/modules/kong"

  name            = "prod-partners-kong"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  cluster         = local.cluster

  vpc_cidrs = ["10.0.0.0/16"]

  namespace     = "partners-kong"
  release_name  = "partners-kong"
  ingress_class = "partners"

  load_balancer = {
    certificate_arns = ["arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001", "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000002"]
    scheme           = "internet-facing"
    subnet_ids       = ["subnet-0123456789abcdef5", "subnet-0123456789abcdef6", "subnet-0123456789abcdef7"]
    allowed_cidrs    = ["198.51.100.0/24", "203.0.113.0/24"]
    access_log_days  = 400
  }

  database = {
    vpc_id                 = "vpc-0123456789abcdef0"
    subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
    client_security_groups = { nodes = "sg-0123456789abcdef0" }

    instance_class        = "db.m7g.large"
    backup_retention_days = 35
    iam_authentication    = true
  }
  backup_copy = { region = "us-west-2", retention_days = 35 }

  admin       = { client_namespaces = ["platform"], allowed_cidrs = ["10.0.64.0/20"] }
  autoscaling = { min_replicas = 6, max_replicas = 30, cpu_percent = 60, scale_down_stabilization_seconds = 600 }
  metrics     = { labels = { release = "prometheus" }, interval_seconds = 15 }

  plugins = {
    limits        = { rate_limiting = { minute = 600 }, everywhere = true }
    claims-limits = { rate_limiting = { second = 5, hour = 5000, limit_by = "path", path = "/claims" } }
    tokens        = { jwt = { maximum_expiration_seconds = 900 } }
    to-clients = {
      response_transformer = {
        remove = { headers = ["Server"] }
        add    = { headers = { Strict-Transport-Security = "max-age=31536000" } }
      }
    }
  }
  consumers = {
    broker = { plugins = ["claims-limits"], credentials = ["broker"] }
  }
  client_credentials = {
    broker = { secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/broker-AbCdEf" }
  }

  # where partners read what they can call
  portal = {
    host      = "developers.example.com"
    documents = { claims = file("${path.module}/claims.yaml") }
    oidc = {
      issuer_url     = "https://login.example.com"
      client_id      = "developers"
      secret_name    = "prod/portal"
      allowed_groups = ["engineers", "partners"]
    }
  }
}

# What the company's own people call, by another class of Ingresses in the same cluster
module "internal" {
  source = "../../../out/modules/kong"

  name            = "prod-internal-kong"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-alarms"
  cluster         = local.cluster

  vpc_cidrs = ["10.0.0.0/16"]

  database = {
    vpc_id                 = "vpc-0123456789abcdef0"
    subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
    client_security_groups = { nodes = "sg-0123456789abcdef0" }
  }

  namespace     = "internal-kong"
  release_name  = "internal-kong"
  ingress_class = "internal"
  credentials   = "csi"

  load_balancer = { certificate_arns = ["arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000003"] }
}

output "endpoints" {
  description = "What the names of APIs are aliases of, by who calls them."
  value       = { partners = module.partners.proxy_endpoint, internal = module.internal.proxy_endpoint }
}
