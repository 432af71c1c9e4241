{
    "$graph": [
        {
            "class": "Workflow",
            "doc": [
                "A step that is left out",
                "and",
                "an intermediate file."
            ],
            "requirements": [
                {
                    "class": "InlineJavascriptRequirement"
                }
            ],
            "inputs": [
                {
                    "type": "File",
                    "id": "#main/fasta"
                },
                {
                    "type": "Any",
                    "default": {
                        "deep": [
                            1,
                            2
                        ]
                    },
                    "id": "#main/settings"
                },
                {
                    "type": "boolean",
                    "default": false,
                    "id": "#main/wanted"
                }
            ],
            "steps": [
                {
                    "run": {
                        "class": "CommandLineTool",
                        "hints": [
                            {
                                "dockerPull": "quay.io/biocontainers/coreutils:9.1",
                                "class": "DockerRequirement"
                            }
                        ],
                        "baseCommand": [
                            "wc",
                            "-l"
                        ],
                        "inputs": [
                            {
                                "type": "File",
                                "inputBinding": {
                                    "position": 1
                                },
                                "id": "#main/count/run/infile"
                            }
                        ],
                        "stdout": "lines.txt",
                        "outputs": [
                            {
                                "type": "File",
                                "id": "#main/count/run/count",
                                "outputBinding": {
                                    "glob": "lines.txt"
                                }
                            }
                        ]
                    },
                    "in": [
                        {
                            "source": "#main/sort/sorted",
                            "id": "#main/count/infile"
                        }
                    ],
                    "out": [
                        "#main/count/count"
                    ],
                    "id": "#main/count"
                },
                {
                    "run": "#sort-tool.cwl",
                    "when": "$(inputs.wanted)",
                    "in": [
                        {
                            "source": "#main/sort/sorted",
                            "id": "#main/extra/infile"
                        },
                        {
                            "source": "#main/wanted",
                            "id": "#main/extra/wanted"
                        }
                    ],
                    "out": [
                        "#main/extra/sorted"
                    ],
                    "id": "#main/extra"
                },
                {
                    "run": "#sort-tool.cwl",
                    "in": [
                        {
                            "source": "#main/fasta",
                            "id": "#main/sort/infile"
                        }
                    ],
                    "out": [
                        "#main/sort/sorted"
                    ],
                    "id": "#main/sort"
                }
            ],
            "id": "#main",
            "outputs": [
                {
                    "type": "File",
                    "outputSource": "#main/count/count",
                    "id": "#main/lines"
                },
                {
                    "type": [
                        "null",
                        "File"
                    ],
                    "outputSource": "#main/extra/sorted",
                    "id": "#main/maybe"
                }
            ]
        },
        {
            "class": "CommandLineTool",
            "label": "Sort lines",
            "baseCommand": "sort",
            "inputs": [
                {
                    "type": "File",
                    "inputBinding": {
                        "position": 2
                    },
                    "id": "#sort-tool.cwl/infile"
                },
                {
                    "type": [
                        "null",
                        "boolean"
                    ],
                    "inputBinding": {
                        "prefix": "-r",
                        "position": 1
                    },
                    "id": "#sort-tool.cwl/reverse"
                }
            ],
            "stdout": "sorted.txt",
            "outputs": [
                {
                    "type": "File",
                    "id": "#sort-tool.cwl/sorted",
                    "outputBinding": {
                        "glob": "sorted.txt"
                    }
                }
            ],
            "id": "#sort-tool.cwl"
        }
    ],
    "cwlVersion": "v1.2"
}