"""The objects behind Helm releases: real Helm renders what a plan wants, without a cluster.

    with Rendering(target) as rendering:
        for release in releases_of("prod-secrets", plan, folder):
            objects = rendering.objects(release)

Helm comes as a library, the extra `groundplan[charts]`, or as `helm` on PATH. Without either nothing is rendered, and
whoever asked is told what is not known then.
"""
