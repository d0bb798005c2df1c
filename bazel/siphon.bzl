"""The project's own rules: what every target of a kind has in common."""

load("//bazel/pch:pch.bzl", "TEST_COPTS", "pch_copts")

_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-parameter",
]

# Everything compiles with a precompiled header of what most files include of other projects.
_COMMON = pch_copts("common")
_COMMON_DEP = ["//bazel/pch:common"]
_TEST = pch_copts("test")
_TEST_DEP = ["//bazel/pch:test"]

def siphon_cc_library(name, copts = [], deps = [], srcs = [], features = [], **kwargs):
    # Not what has no sources; nor what is compiled without the layering check, for the header is
    # made with it.
    precompiled = srcs and "-layering_check" not in features
    native.cc_library(
        name = name,
        srcs = srcs,
        copts = _COPTS + copts + (_COMMON if precompiled else []),
        features = features,
        deps = deps + (_COMMON_DEP if precompiled else []),
        **kwargs
    )

def siphon_cc_binary(name, copts = [], deps = [], **kwargs):
    native.cc_binary(
        name = name,
        copts = _COPTS + copts + _COMMON,
        deps = deps + _COMMON_DEP,
        **kwargs
    )

def siphon_cc_test(name, copts = [], deps = [], size = "small", **kwargs):
    """A GoogleTest program; GoogleTest, GoogleMock and their main come with it."""
    native.cc_test(
        name = name,
        size = size,
        copts = _COPTS + copts + TEST_COPTS + _TEST,
        deps = deps + _TEST_DEP + ["@system//:gmock", "@system//:gtest", "@system//:gtest_main"],
        **kwargs
    )

def siphon_fuzz_test(name, srcs, corpus = None, deps = [], **kwargs):
    """A libFuzzer entry point that plain `bazel test` replays over its corpus.

    With --config=fuzz the same target is a libFuzzer program: `./x fuzz` runs all of them for a
    bounded time. A crasher that was mended is added to the corpus.
    """
    corpus_files = native.glob([corpus + "/**"]) if corpus else []
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = ["$(locations {})".format(f) for f in corpus_files],
        copts = _COPTS + _COMMON,
        data = corpus_files,
        tags = ["fuzz"],
        deps = deps + _COMMON_DEP + ["//testing/fuzz:fuzz_main"],
        **kwargs
    )

def siphon_grpc_library(name, proto, **kwargs):
    """The messages and services of one .proto file, compiled by the system's protoc."""
    base = proto[:-len(".proto")]
    outs = [base + suffix for suffix in [".pb.h", ".pb.cc", ".grpc.pb.h", ".grpc.pb.cc"]]
    native.genrule(
        name = name + "_generate",
        srcs = [proto],
        outs = outs,
        cmd = ("protoc -I . --cpp_out=$(GENDIR) --grpc_out=$(GENDIR) " +
               "--plugin=protoc-gen-grpc=$$(command -v grpc_cpp_plugin) $(location " + proto + ")"),
    )
    native.cc_library(
        name = name,
        srcs = [o for o in outs if o.endswith(".cc")],
        hdrs = [o for o in outs if o.endswith(".h")],
        copts = ["-w"],
        deps = ["@system//:grpc++", "@system//:protobuf"],
        **kwargs
    )
