#include "admin/ctl_tables.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "admin/human_units.h"
#include "admin/text_table.h"

namespace siphon {
namespace {

constexpr TextTable::Align kRight = TextTable::Align::kRight;
using Style = TextTable::Style;

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

absl::Duration Span(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Time Moment(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string Clock(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%H:%M:%E3S", Moment(time), absl::LocalTimeZone());
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return OrDash(absl::StrJoin(texts, ","));
}

// A count that is bad news above zero.
TextTable::Cell Alarming(uint64_t count, Style style) {
  return {HumanCount(count), count > 0 ? style : Style::kPlain};
}

std::string Oldest(uint64_t messages, const google::protobuf::Duration& age) {
  return messages == 0 ? "-" : HumanAge(Span(age));
}

std::string DefaultPolicy(const admin::v1::Messenger& messenger) {
  for (const admin::v1::Policy& policy : messenger.policies()) {
    if (policy.peer_type() == "default") return policy.policy();
  }
  return "-";
}

std::string PoliciesTable(const admin::v1::ListMessengersResponse& response, bool colours) {
  TextTable table({{"MESSENGER"}, {"PEER TYPE"}, {"POLICY"}});
  for (const auto& messenger : response.messengers()) {
    for (const auto& policy : messenger.policies()) {
      table.AddRow({messenger.name(), policy.peer_type(), policy.policy()});
    }
  }
  return table.Render(colours);
}

std::string FaultsTable(const admin::v1::ListMessengersResponse& response, bool colours) {
  TextTable table({{"MESSENGER"}, {"FAULT AT"}, {"PEER"}, {"STATE"}, {"REASON"}});
  for (const auto& messenger : response.messengers()) {
    for (const auto& fault : messenger.recent_faults()) {
      table.AddRow({messenger.name(), Clock(fault.when()), OrDash(fault.peer()),
                    OrDash(fault.state()), fault.reason()});
    }
  }
  return table.Render(colours);
}

// Empty without one.
std::string InjectedFaultsTable(const admin::v1::ListMessengersResponse& response, bool colours) {
  TextTable table({{"MESSENGER"}, {"INJECTED FAULT"}});
  bool any = false;
  for (const auto& messenger : response.messengers()) {
    for (const std::string& fault : messenger.injected_faults()) {
      table.AddRow({messenger.name(), {fault, Style::kWarning}});
      any = true;
    }
  }
  return any ? table.Render(colours) : "";
}

}  // namespace

std::string DaemonText(const admin::v1::GetDaemonResponse& response) {
  return absl::StrFormat("%s: %s %s, process %d, up %s\n", response.name(), response.program(),
                         response.version(), response.pid(), HumanAge(Span(response.uptime())));
}

std::string MessengersTable(const admin::v1::ListMessengersResponse& response,
                            const TableStyle& style) {
  TextTable table({{"MESSENGER"},
                   {"TYPE"},
                   {"ENTITY"},
                   {"ADDRESS"},
                   {"POLICY"},
                   {"CONNS", kRight},
                   {"MSGS IN", kRight},
                   {"MSGS OUT", kRight},
                   {"BYTES IN", kRight},
                   {"BYTES OUT", kRight},
                   {"TO SEND", kRight},
                   {"TO DISPATCH", kRight},
                   {"FAULTS", kRight},
                   {"INJECTED", kRight}});
  for (const auto& m : response.messengers()) {
    table.AddRow({m.name(),
                  m.type(),
                  m.entity(),
                  Joined(m.addresses()),
                  DefaultPolicy(m),
                  HumanCount(m.connections()),
                  HumanCount(m.messages_in()),
                  HumanCount(m.messages_out()),
                  HumanBytes(static_cast<double>(m.bytes_in())),
                  HumanBytes(static_cast<double>(m.bytes_out())),
                  HumanCount(m.out_queue_messages()),
                  {HumanCount(m.dispatch().messages()) + (m.dispatch().paused() ? " paused" : ""),
                   m.dispatch().paused() ? Style::kWarning : Style::kPlain},
                  Alarming(m.faults_total(), Style::kWarning),
                  Alarming(m.injected_failures(), Style::kWarning)});
  }
  std::string out = table.Render(style.colours);
  if (const std::string faults = InjectedFaultsTable(response, style.colours); !faults.empty()) {
    absl::StrAppend(&out, "\n", faults);
  }
  if (style.wide) {
    absl::StrAppend(&out, "\n", PoliciesTable(response, style.colours), "\n",
                    FaultsTable(response, style.colours));
  }
  return out;
}

namespace {

Style StateStyle(const std::string& state) {
  const std::string upper = absl::AsciiStrToUpper(state);
  if (upper == "OPEN") return Style::kGood;
  return upper == "CLOSED" || upper == "FAILED" ? Style::kBad : Style::kWarning;
}

// The protocol's state, and why no bytes are read in it.
TextTable::Cell StateCell(const admin::v1::Connection& c) {
  if (c.reading_paused()) return {absl::StrCat(c.state(), ", not reading"), Style::kWarning};
  if (c.throttled()) return {absl::StrCat(c.state(), ", throttled"), Style::kWarning};
  return {c.state(), StateStyle(c.state())};
}

TextTable::Cell QueuedCell(const admin::v1::Connection& c) {
  const std::string count = HumanCount(c.out_queue_messages());
  if (!c.out_queue_over_limit()) return count;
  return {absl::StrCat(count, " over limit"), Style::kWarning};
}

std::string ProtocolText(const admin::v1::Connection& c) {
  std::string text = c.protocol();
  for (const std::string& word : {c.con_mode(), c.compression()}) {
    if (!word.empty()) absl::StrAppend(&text, " ", word);
  }
  return text;
}

std::string StatesText(const admin::v1::ListConnectionsResponse& response) {
  std::string out;
  for (const auto& c : response.connections()) {
    if (c.recent().empty()) continue;
    absl::StrAppend(&out, "\n", c.messenger(), " ", c.id(), " ", c.peer(), " features ",
                    absl::StrFormat("0x%x", c.features()), " connect_seq ", c.connect_seq(),
                    " global_seq ", c.global_seq(), " peer_global_seq ", c.peer_global_seq(),
                    " queued ", HumanBytes(static_cast<double>(c.out_queue_bytes())), " unacked ",
                    HumanBytes(static_cast<double>(c.unacked_bytes())), "\n");
    TextTable table({{"  AGE", kRight}, {"STATE"}, {"REASON"}});
    for (const auto& step : c.recent()) {
      table.AddRow({HumanAge(Span(step.age())), step.state(), step.reason()});
    }
    out.append(table.Render(false));
  }
  return out;
}

}  // namespace

std::string ConnectionsTable(const admin::v1::ListConnectionsResponse& response,
                             const TableStyle& style) {
  TextTable table({{"MESSENGER"},
                   {"ID", kRight},
                   {"PEER"},
                   {"ENTITY"},
                   {"ADDRESS"},
                   {"DIR"},
                   {"PROTO"},
                   {"STATE"},
                   {"POLICY"},
                   {"OUT SEQ", kRight},
                   {"ACKED", kRight},
                   {"IN SEQ", kRight},
                   {"QUEUED", kRight},
                   {"UNACKED", kRight},
                   {"BYTES IN", kRight},
                   {"BYTES OUT", kRight},
                   {"IDLE", kRight},
                   {"LAST FAULT"}});
  for (const auto& c : response.connections()) {
    const std::string address =
        c.peer_addresses().empty() ? OrDash(c.socket_address()) : Joined(c.peer_addresses());
    table.AddRow(
        {c.messenger(),
         absl::StrCat(c.id()),
         c.peer(),
         OrDash(c.entity()),
         address,
         c.incoming() ? "in" : "out",
         ProtocolText(c),
         StateCell(c),
         c.policy(),
         HumanCount(c.out_seq()),
         HumanCount(c.acked_seq()),
         HumanCount(c.in_seq()),
         QueuedCell(c),
         HumanCount(c.unacked_messages()),
         HumanBytes(static_cast<double>(c.bytes_in())),
         HumanBytes(static_cast<double>(c.bytes_out())),
         HumanAge(Span(c.last_active())),
         {OrDash(c.last_fault()), c.last_fault().empty() ? Style::kPlain : Style::kWarning}});
  }
  std::string out = table.Render(style.colours);
  if (style.wide) out.append(StatesText(response));
  return out;
}

std::string InjectedFaultsText(const admin::v1::InjectFaultResponse& response) {
  if (response.injected_faults().empty()) {
    return absl::StrCat(response.messenger(), ": no faults injected\n");
  }
  std::string out;
  for (const std::string& fault : response.injected_faults()) {
    absl::StrAppend(&out, response.messenger(), ": ", fault, "\n");
  }
  return out;
}

std::string QueuesTable(const admin::v1::GetQueuesResponse& response, const TableStyle& style) {
  TextTable table({{"MESSENGER"},
                   {"STATE"},
                   {"MSGS", kRight},
                   {"LOCAL", kRight},
                   {"OLDEST", kRight},
                   {"THROTTLE", kRight},
                   {"OF", kRight},
                   {"DISPATCHED", kRight},
                   {"FAST", kRight},
                   {"BY PRIORITY"}});
  for (const auto& named : response.queues()) {
    const admin::v1::DispatchQueue& q = named.queue();
    const std::string depths = absl::StrJoin(
        q.by_priority(), " ", [](std::string* out, const admin::v1::PriorityDepth& depth) {
          absl::StrAppend(out, depth.priority(), ":", depth.messages());
        });
    table.AddRow(
        {named.messenger(),
         q.paused() ? TextTable::Cell("paused", Style::kWarning)
                    : TextTable::Cell("running", Style::kGood),
         HumanCount(q.messages()), HumanCount(q.local_messages()), Oldest(q.messages(), q.oldest()),
         HumanBytes(static_cast<double>(q.throttle_bytes())),
         HumanBytes(static_cast<double>(q.throttle_max())), HumanCount(q.dispatched_total()),
         HumanCount(q.fast_dispatched_total()), OrDash(depths)});
  }
  return table.Render(style.colours);
}

namespace {

std::string SourceName(admin::v1::Option::Source source) {
  switch (source) {
    case admin::v1::Option::FILE:
      return "ceph.conf";
    case admin::v1::Option::COMMAND_LINE:
      return "command line";
    case admin::v1::Option::RUNTIME:
      return "admin port";
    default:
      return "default";
  }
}

}  // namespace

std::string OptionsTable(const admin::v1::ListOptionsResponse& response, const TableStyle& style) {
  std::vector<TextTable::Column> columns = {{"OPTION"}, {"VALUE"}, {"FROM"}, {"CHANGE"}};
  if (style.wide) columns.push_back({"WHAT FOR"});
  TextTable table(columns);
  for (const auto& o : response.options()) {
    const bool changed = o.source() != admin::v1::Option::DEFAULT;
    table.AddRow({o.name(),
                  OrDash(o.value()),
                  {SourceName(o.source()), changed ? Style::kGood : Style::kPlain},
                  o.runtime() ? "any time" : "restart",
                  o.description()});
  }
  return table.Render(style.colours);
}

std::string OptionText(const admin::v1::Option& option) {
  return absl::StrFormat(
      "%s = %s\n  from %s; default %s; %s\n  %s\n", option.name(), option.value(),
      SourceName(option.source()), OrDash(option.default_value()),
      option.runtime() ? "may change at any time" : "read at the start only", option.description());
}

std::string WatchTable(const admin::v1::WatchResponse& now, const admin::v1::WatchResponse* before,
                       const TableStyle& style) {
  TextTable table({{Clock(now.when())},
                   {"CONNS", kRight},
                   {"MSGS IN/s", kRight},
                   {"MSGS OUT/s", kRight},
                   {"IN/s", kRight},
                   {"OUT/s", kRight},
                   {"TO SEND", kRight},
                   {"TO DISPATCH", kRight},
                   {"OLDEST", kRight},
                   {"FAULTS", kRight}});
  const double seconds =
      before == nullptr ? 0 : absl::ToDoubleSeconds(Moment(now.when()) - Moment(before->when()));
  for (const auto& m : now.messengers()) {
    const admin::v1::MessengerStats* old = nullptr;
    if (before != nullptr && seconds > 0) {
      for (const auto& candidate : before->messengers()) {
        if (candidate.messenger() == m.messenger()) old = &candidate;
      }
    }
    // A counter that went back began anew.
    const auto rate = [&](uint64_t value, uint64_t old_value) {
      return static_cast<double>(value - std::min(value, old_value)) / seconds;
    };
    const auto messages = [&](uint64_t value, uint64_t old_value) {
      return old == nullptr ? std::string("-")
                            : HumanCount(static_cast<uint64_t>(rate(value, old_value) + 0.5));
    };
    const auto bytes = [&](uint64_t value, uint64_t old_value) {
      return old == nullptr ? std::string("-") : HumanBytes(rate(value, old_value));
    };
    const admin::v1::MessengerStats& then = old == nullptr ? m : *old;
    table.AddRow({m.messenger(), HumanCount(m.connections()),
                  messages(m.messages_in(), then.messages_in()),
                  messages(m.messages_out(), then.messages_out()),
                  bytes(m.bytes_in(), then.bytes_in()), bytes(m.bytes_out(), then.bytes_out()),
                  HumanCount(m.out_queue_messages()), HumanCount(m.dispatch_queue_messages()),
                  Oldest(m.dispatch_queue_messages(), m.dispatch_oldest()),
                  Alarming(m.faults_total(), Style::kWarning)});
  }
  return table.Render(style.colours);
}

}  // namespace siphon
