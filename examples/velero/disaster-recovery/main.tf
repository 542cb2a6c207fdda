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
  name = "claims"
}

data "aws_eks_cluster_auth" "this" {
  name = "claims"
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

module "velero" {
  source = "../../../out/modules/velero"

  name            = "prod-velero"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  schedules = {
    daily = {
      cron               = "0 2 * * *"
      ttl_hours          = 720
      alarm_after_hours  = 26
      move_snapshot_data = true
    }
  }

  # volumes: snapshots whose data is moved into the bucket, and so into its copy
  csi_snapshots = true
  node_agent    = {}
  replica       = { region = "us-west-2" }
  object_lock   = { retention_days = 14 }

  restores = {
    full-cluster = {
      schedule                  = "daily"
      excluded_namespaces       = ["kube-system", "kube-public", "kube-node-lease"]
      excluded_resources        = ["nodes", "events", "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io"]
      include_cluster_resources = true
    }
  }

  restore_drill = {
    schedule         = "daily"
    source_namespace = "claims"
    expected = {
      api     = { resource = "deployments", api_group = "apps", name = "api" }
      volumes = { resource = "persistentvolumeclaims" }
    }
    # data that was moved comes back only into volumes that a pod uses
    run_pods = true
  }
}

output "copies_bucket_name" {
  description = "What a cluster of the other region restores from."
  value       = module.velero.copies_bucket_name
}

output "restore_manifests" {
  description = "The restores that lie ready, as YAML for kubectl create."
  value       = module.velero.restore_manifests
}
