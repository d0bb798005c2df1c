#include "testing/sim/trace.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"

namespace siphon {
namespace {

constexpr uint64_t kPrime = 0x100000001b3;

}  // namespace

void Trace::Add(int node, const char* what, uint64_t a, uint64_t b, uint64_t c) {
  const Line line{clock_->now(), what, node, a, b, c};
  for (const uint64_t n : {static_cast<uint64_t>(line.at), static_cast<uint64_t>(node), a, b, c}) {
    hash_ = (hash_ ^ n) * kPrime;
    hash_ ^= hash_ >> 29;
  }
  for (const char* p = what; *p != 0; ++p) {
    hash_ = (hash_ ^ static_cast<unsigned char>(*p)) * kPrime;
  }
  if (ring_.size() < kLines) {
    ring_.push_back(line);
  } else {
    ring_[count_ % kLines] = line;
  }
  ++count_;
  if (live_) absl::FPrintF(stderr, "%s\n", Format(line));
}

std::string Trace::Format(const Line& line) {
  const std::string who = line.node < 0 ? "world " : absl::StrCat("node ", line.node);
  return absl::StrFormat("%14.6f s  %s  %s", static_cast<double>(line.at) * 1e-9, who,
                         absl::Substitute(line.what, line.a, line.b, line.c));
}

std::string Trace::Text() const {
  std::string text;
  const size_t kept = ring_.size();
  if (count_ > kept) absl::StrAppend(&text, "  (", count_ - kept, " lines before these)\n");
  for (size_t i = 0; i < kept; ++i) {
    absl::StrAppend(&text, Format(ring_[(count_ - kept + i) % kLines]), "\n");
  }
  return text;
}

}  // namespace siphon
