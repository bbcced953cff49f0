"""How do catalogues find a release? ``croissant.json`` and ``dcat.jsonld``, both JSON-LD.

Croissant 1.0 (on schema.org) is what search for data sets and machine-learning tools read: every file with
its hash, every column with its type and meaning. DCAT 3 is what open-data portals harvest. Both say what
``datapackage.json`` says (``package.describe``), in other words. Neither holds an address: where a release is
put is not known when it is made, and paths are relative to these files.
Standards: http://mlcommons.org/croissant/1.0, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from service.release.tables import Edition

CITE_AS = "{title}, {name}. For a figure, cite its origin as well."
TERMS = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
    "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
    "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
    "transform",
)  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in TERMS},
}
"""The context of Croissant 1.0, whole as its tools expect it."""
TYPES = {
    "string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean",
    "date": "sc:Date", "datetime": "sc:DateTime",
}  # fmt: skip
"""The types of a data package by their names in Croissant."""
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def croissant(edition: Edition, package: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the description in Croissant; ``package`` is the one as a data package, ``files`` holds the
    files of each table."""
    number, _, digits = edition.head.partition("-")
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "description": package["description"],
        "license": package["licenses"][0]["path"],
        "creator": {"@type": "Organization", "name": package["contributors"][0]["title"]},
        "datePublished": str(edition.query.as_of),
        "version": f"{number}.0.0+{digits}",
        "keywords": package["keywords"],
        "citeAs": CITE_AS.format(**package),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{len(data)} B",
                "encodingFormat": MEDIA_TYPES[name.rpartition(".")[2]],
                "sha256": hashlib.sha256(data).hexdigest(),
            }
            for name, data in files.items()
        ],
        "recordSet": [_record_set(resource) for resource in package["resources"]],
    }


def _record_set(resource: Mapping[str, Any]) -> dict[str, Any]:
    table, schema = resource["name"], resource["schema"]
    others = {
        key["fields"][0]: f"{key['reference']['resource']}/{key['reference']['fields'][0]}"
        for key in schema.get("foreignKeys", ())
        if key["reference"]["resource"]  # a table that refers to itself is a cycle to readers of Croissant
    }
    keys = [{"@id": f"{table}/{name}"} for name in schema.get("primaryKey", ())]
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": resource["description"],
        **({"key": keys} if keys else {}),
        "field": [_field(resource, field, others.get(field["name"])) for field in schema["fields"]],
    }


def _field(resource: Mapping[str, Any], field: Mapping[str, Any], other: str | None) -> dict[str, Any]:
    """``other`` is the field of another table that this one holds the values of."""
    return {
        "@type": "cr:Field",
        "@id": f"{resource['name']}/{field['name']}",
        "name": field["name"],
        "description": field["description"],
        "dataType": TYPES[field["type"]],
        "source": {"fileObject": {"@id": resource["path"]}, "extract": {"column": field["name"]}},
        **({"references": {"field": {"@id": other}}} if other else {}),
    }


def dcat(edition: Edition, package: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the description in DCAT 3; the arguments are those of ``croissant``."""
    crises = edition.tables["crises"].column("period_start").drop_null().to_pylist()
    begin = {"dcat:startDate": _day(min(crises))} if crises else {}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"urn:casualty-ledger:{package['name']}",
        "@type": "dcat:Dataset",
        "dct:identifier": package["name"],
        "dct:title": _english(package["title"]),
        "dct:description": _english(package["description"]),
        "dct:creator": {"@type": "foaf:Agent", "foaf:name": _english(package["contributors"][0]["title"])},
        "dct:license": {"@id": package["licenses"][0]["path"], "@type": "dct:LicenseDocument"},
        "dct:issued": _day(edition.query.as_of),
        "dct:temporal": {"@type": "dct:PeriodOfTime", **begin, "dcat:endDate": _day(edition.query.as_of)},
        "dcat:version": edition.head,
        "dcat:keyword": [_english(word) for word in package["keywords"]],
        "dcat:distribution": [_distribution(name, data, package) for name, data in files.items()],
    }


def _distribution(name: str, data: bytes, package: Mapping[str, Any]) -> dict[str, Any]:
    table, _, suffix = name.rpartition(".")
    about = {resource["name"]: resource["description"] for resource in package["resources"]}
    return {
        "@type": "dcat:Distribution",
        "dct:title": _english(name),
        "dct:description": _english(about[table]),
        "dcat:accessURL": {"@id": name, "@type": "http://www.w3.org/2000/01/rdf-schema#Resource"},
        "dcat:downloadURL": {"@id": name},
        "dcat:mediaType": {
            "@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[suffix]}",
            "@type": "dct:MediaType",
        },
        "dcat:byteSize": {"@value": str(len(data)), "@type": "xsd:nonNegativeInteger"},
        "dct:license": {"@id": package["licenses"][0]["path"]},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": {
                "@value": hashlib.sha256(data).hexdigest(),
                "@type": "xsd:hexBinary",
            },
        },
    }


def _english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}


def _day(day: dt.date) -> dict[str, str]:
    return {"@value": str(day), "@type": "xsd:date"}
