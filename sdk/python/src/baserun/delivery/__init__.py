"""From a record to the server: queue, buffer, disk, network. Nothing here knows what the records say."""
