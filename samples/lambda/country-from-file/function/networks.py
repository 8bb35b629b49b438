"""Which country a network belongs to, from a file with one network a line."""
import csv
import ipaddress


class Networks:
    def __init__(self, path):
        # For each length of prefix, by version: network to country. A look-up goes from the longest prefix to the shortest.
        self._by_length = {4: {}, 6: {}}
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                network = ipaddress.ip_network(row["network"])
                self._by_length[network.version].setdefault(network.prefixlen, {})[int(network.network_address)] = row["country"]
        for version, lengths in self._by_length.items():
            self._by_length[version] = dict(sorted(lengths.items(), reverse=True))

    def country_of(self, address):
        parsed = ipaddress.ip_address(address)
        number, bits = int(parsed), parsed.max_prefixlen
        for length, networks in self._by_length[parsed.version].items():
            country = networks.get(number >> (bits - length) << (bits - length))
            if country is not None:
                return country
        return None
