# Production that asks about savings plans and reserves its databases, and the account that gets the bills.

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
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
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

module "prod" {
  source = "../../../out/modules/savings"

  name            = "prod-savings"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  reserved_instances = {
    kong = {
      instance_class                              = "db.r7g.large"
      product_description                         = "postgresql"
      multi_az                                    = true
      count                                       = 2
      i_understand_that_this_cannot_be_given_back = true
    }
  }
  savings_plans = { bucket_name = "prod-savings-111122223333", most_hourly_commitment = "2.50" }
  watches = {
    databases = { kind = "RI_UTILIZATION", service = "Amazon Relational Database Service", least_percent = 95 }
    plans     = { kind = "SAVINGS_PLANS_UTILIZATION", least_percent = 95 }
  }
  emails = ["finance@example.com"]

  spot_nodes = {
    cluster_name   = "prod"
    node_role_name = "prod-cluster-node"
    ami_alias      = "al2023@v20261110"
    pools          = { batch = { cpu_limit = 200, memory_limit = "800Gi" } }
  }
}

module "bills" {
  source = "../../../out/modules/savings"

  name            = "bills"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  compute_optimizer     = true
  cost_optimization_hub = true
  bills = {
    families = {
      gateway       = ["kong"]
      observability = ["grafana", "loki", "mimir", "tempo"]
    }
  }
  export = { bucket_name = "bills-111122223333" }
}

output "questions_topic_arn" {
  description = "What asks about a savings plan."
  value       = module.prod.questions_topic_arn
}

output "athena_workgroup_name" {
  description = "Where to ask about bills."
  value       = module.bills.athena_workgroup_name
}
