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

module "kong" {
  source = "../../../out/modules/kong"

  name            = "prod-kong"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "prod"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  vpc_cidrs = ["10.0.0.0/16"]

  database = {
    vpc_id                 = "vpc-0123456789abcdef0"
    subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]
    client_security_groups = { nodes = "sg-0123456789abcdef0" }
  }

  load_balancer = {
    certificate_arns = ["arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001"]
    scheme           = "internet-facing"
    application = {
      access_logs_bucket_name = "prod-balancer-logs"
      web_acl = {
        managed_rule_groups = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"]
      }
    }
  }
}

output "proxy_endpoint" {
  description = "What the names of APIs are aliases of."
  value       = module.kong.proxy_endpoint
}
