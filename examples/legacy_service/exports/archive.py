"""Old exports move to a bucket that is not Google's."""

from acme_objects import storage

from legacy_service.clients import open_bucket


def archive(name: str) -> None:
    from google.cloud import storage as cloud_storage

    source = cloud_storage.Client().bucket("example-exports").blob(name)
    target = storage.Client().bucket("example-archive")
    target.put(name, source.download_as_bytes())
    open_bucket("example-exports").delete_blob(name)
