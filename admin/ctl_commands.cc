#include "admin/ctl_commands.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "admin/grpc_status.h"
#include "admin/info_to_proto.h"
#include "admin/message_json.h"

namespace siphon {
namespace {

using Arguments = std::vector<std::string>;
using Stub = admin::v1::Admin::Stub;

absl::Status Explained(const CtlSession& session, const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return absl::UnavailableError(absl::StrCat("no daemon answers at ", session.address, " (",
                                               status.error_message(),
                                               "); is it running, and is this its admin port?"));
  }
  return FromGrpcStatus(status);
}

// One call with one answer, printed as JSON or by `text`.
template <typename Request, typename Response, typename Text>
absl::Status Ask(const CtlSession& session,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, const Text& text) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoNanoseconds(session.timeout));
  Response response;
  const grpc::Status status = (session.stub->*method)(&context, request, &response);
  if (!status.ok()) return Explained(session, status);
  *session.out << (session.json ? MessageToJson(response, false) + "\n" : text(response));
  return absl::OkStatus();
}

template <typename Request>
Request ForMessenger(const Arguments& arguments) {
  Request request;
  if (!arguments.empty()) request.set_messenger(arguments[0]);
  return request;
}

// What pause, resume and drain answer: the queue as it is now.
template <typename Response>
std::string OneQueue(const CtlSession& session, const Response& response) {
  admin::v1::GetQueuesResponse queues;
  *queues.add_queues() = response.queue();
  return QueuesTable(queues, session.style);
}

absl::Status Daemon(const CtlSession& session, const Arguments&) {
  return Ask(session, &Stub::GetDaemon, admin::v1::GetDaemonRequest(), DaemonText);
}

absl::Status Messengers(const CtlSession& session, const Arguments&) {
  return Ask(session, &Stub::ListMessengers, admin::v1::ListMessengersRequest(),
             [&](const auto& response) { return MessengersTable(response, session.style); });
}

absl::Status Connections(const CtlSession& session, const Arguments& arguments) {
  return Ask(session, &Stub::ListConnections,
             ForMessenger<admin::v1::ListConnectionsRequest>(arguments),
             [&](const auto& response) { return ConnectionsTable(response, session.style); });
}

absl::Status Queues(const CtlSession& session, const Arguments& arguments) {
  return Ask(session, &Stub::GetQueues, ForMessenger<admin::v1::GetQueuesRequest>(arguments),
             [&](const auto& response) { return QueuesTable(response, session.style); });
}

absl::Status Pause(const CtlSession& session, const Arguments& arguments) {
  return Ask(session, &Stub::PauseDispatch,
             ForMessenger<admin::v1::PauseDispatchRequest>(arguments),
             [&](const auto& response) { return OneQueue(session, response); });
}

absl::Status Resume(const CtlSession& session, const Arguments& arguments) {
  return Ask(session, &Stub::ResumeDispatch,
             ForMessenger<admin::v1::ResumeDispatchRequest>(arguments),
             [&](const auto& response) { return OneQueue(session, response); });
}

absl::Status Drain(const CtlSession& session, const Arguments& arguments) {
  auto request = ForMessenger<admin::v1::DrainDispatchRequest>(arguments);
  *request.mutable_timeout() = ToProto(session.timeout);
  // The daemon keeps the time, and its answer needs some more.
  CtlSession patient = session;
  patient.timeout += absl::Seconds(5);
  return Ask(patient, &Stub::DrainDispatch, request,
             [&](const auto& response) { return OneQueue(session, response); });
}

// A command that gives a messenger one kind of order about a peer.
CtlCommand FaultCommand(const std::string& word, admin::v1::InjectFaultRequest::Kind kind,
                        const std::string& arguments, const std::string& summary,
                        const std::string& details, const CommandLineFlag& timeout) {
  const auto run = [kind](const CtlSession& session, const Arguments& values) {
    admin::v1::InjectFaultRequest request;
    request.set_messenger(values[0]);
    request.set_kind(kind);
    if (values.size() > 1) request.set_peer(values[1]);
    return Ask(session, &Stub::InjectFault, request, InjectedFaultsText);
  };
  return {absl::StrCat("fault ", word), arguments, summary, details, {timeout}, run};
}

absl::Status OptionList(const CtlSession& session, const Arguments& arguments) {
  admin::v1::ListOptionsRequest request;
  if (!arguments.empty()) request.set_prefix(arguments[0]);
  request.set_changed(session.changed);
  return Ask(session, &Stub::ListOptions, request,
             [&](const auto& response) { return OptionsTable(response, session.style); });
}

absl::Status OptionGet(const CtlSession& session, const Arguments& arguments) {
  admin::v1::GetOptionRequest request;
  request.set_name(arguments[0]);
  return Ask(session, &Stub::GetOption, request,
             [](const auto& response) { return OptionText(response.option()); });
}

absl::Status OptionSet(const CtlSession& session, const Arguments& arguments) {
  admin::v1::SetOptionRequest request;
  request.set_name(arguments[0]);
  request.set_value(arguments[1]);
  return Ask(session, &Stub::SetOption, request,
             [](const auto& response) { return OptionText(response.option()); });
}

// Prints the dump `name`; it is JSON already.
absl::Status PrintDump(const CtlSession& session, const std::string& name) {
  admin::v1::GetDumpRequest request;
  request.set_name(name);
  CtlSession as_text = session;
  as_text.json = false;
  return Ask(as_text, &Stub::GetDump, request,
             [](const auto& response) { return response.json() + "\n"; });
}

absl::Status Dump(const CtlSession& session, const Arguments& arguments) {
  return PrintDump(session, arguments[0]);
}

// A command with the name that Ceph has for a dump.
CtlCommand DumpCommand(const std::string& name, const std::string& summary,
                       const CommandLineFlag& timeout) {
  return {absl::StrCat("dump_", name),
          "",
          summary,
          "",
          {timeout},
          [name](const CtlSession& session, const Arguments&) { return PrintDump(session, name); }};
}

absl::Status Watch(const CtlSession& session, const Arguments& arguments) {
  auto request = ForMessenger<admin::v1::WatchRequest>(arguments);
  *request.mutable_interval() = ToProto(session.interval);
  grpc::ClientContext context;
  const auto reader = session.stub->Watch(&context, request);
  admin::v1::WatchResponse sample, before;
  int seen = 0;
  while (reader->Read(&sample)) {
    if (session.json) {
      *session.out << MessageToJson(sample, true) << std::endl;
    } else {
      *session.out << (seen > 0 ? "\n" : "")
                   << WatchTable(sample, seen > 0 ? &before : nullptr, session.style) << std::flush;
    }
    before = std::move(sample);
    if (++seen == session.count) {
      context.TryCancel();
      return absl::OkStatus();
    }
    if (!*session.out) return absl::UnavailableError("nobody reads the output any more");
  }
  const grpc::Status status = reader->Finish();
  if (seen == 0) return Explained(session, status);
  return absl::UnavailableError(
      absl::StrCat("the daemon at ", session.address, " ended the watch: it stops or has stopped"));
}

constexpr char kPeerDetails[] =
    "PEER is an address as in v1:127.0.0.1:6801/4711 (nonce 0 means any process at that port), or\n"
    "the name of a peer with which there is a connection: osd.3. It lasts until it is taken back\n"
    "or the daemon ends. The answer, and `messengers`, show what is injected.";
constexpr char kHealDetails[] =
    "Without PEER, for every peer. Sessions that lose nothing go on where they were.";

constexpr char kOptionDetails[] =
    "Names are Ceph's, with '_', '-' or blanks. A value that is set here lasts until the daemon\n"
    "ends, and wins over ceph.conf and the command line.";

}  // namespace

size_t CtlCommand::max_arguments() const {
  return std::vector<std::string>(absl::StrSplit(arguments, ' ', absl::SkipEmpty())).size();
}

size_t CtlCommand::min_arguments() const {
  return max_arguments() - static_cast<size_t>(std::count(arguments.begin(), arguments.end(), '['));
}

const std::vector<CtlCommand>& CtlCommands() {
  static const CommandLineFlag wide = {"wide", "", 'w'};
  static const CommandLineFlag timeout = {"timeout", "DURATION"};
  static const auto* const commands = new std::vector<CtlCommand>{
      {"daemon", "", "Who answers: name, program, version, process, age", "", {timeout}, Daemon},
      {"messengers",
       "",
       "Messengers with their addresses, policies and counters",
       "TO SEND are messages that wait to be written, TO DISPATCH those that wait for the "
       "dispatch\n"
       "thread. FAULTS are connections that broke, INJECTED those that ms_inject_socket_failures\n"
       "broke. Partitions and pauses (see `fault`) are listed below. --wide adds the policy for\n"
       "each type of peer, and recent faults with reasons.",
       {wide, timeout},
       Messengers},
      {"connections",
       "[MESSENGER]",
       "Connections with their states and sequence numbers",
       "ENTITY is who the peer's authentication shows it to be. STATE is the protocol's name of "
       "it.\n"
       "QUEUED messages wait to be written (\"over limit\": more than ms_out_queue_max_bytes),\n"
       "UNACKED ones are kept until the peer acknowledges them; IDLE is the time since bytes "
       "moved.\n"
       "--wide adds how many bytes wait, and each connection's last states.",
       {wide, timeout},
       Connections},
      {"queues",
       "[MESSENGER]",
       "Dispatch queues: depth by priority, age, throttle",
       "BY PRIORITY lists PRIORITY:MESSAGES, highest first. THROTTLE is held OF the bytes at "
       "which\n"
       "reading from sockets stops. FAST are messages that passed the queue by.",
       {timeout},
       Queues},
      {"pause",
       "MESSENGER",
       "Hold the dispatch thread back (fast dispatch goes on)",
       "",
       {timeout},
       Pause},
      {"resume", "MESSENGER", "Let the dispatch thread go on", "", {timeout}, Resume},
      {"drain",
       "MESSENGER",
       "Wait until the dispatch queue is empty",
       "Fails if it is not within --timeout (60 s at most), or if it is paused.",
       {timeout},
       Drain},
      FaultCommand("partition", admin::v1::InjectFaultRequest::PARTITION, "MESSENGER PEER",
                   "Cut a messenger off from a peer, as a broken network does", kPeerDetails,
                   timeout),
      FaultCommand("heal", admin::v1::InjectFaultRequest::HEAL, "MESSENGER [PEER]",
                   "Take partitions back", kHealDetails, timeout),
      FaultCommand("pause", admin::v1::InjectFaultRequest::PAUSE_READING, "MESSENGER PEER",
                   "Read nothing more from a peer, as a stalled process does", kPeerDetails,
                   timeout),
      FaultCommand("resume", admin::v1::InjectFaultRequest::RESUME_READING, "MESSENGER [PEER]",
                   "Read again", kHealDetails, timeout),
      {"option list",
       "[PREFIX]",
       "Options with their values and where those come from",
       "--changed leaves out those with their default; --wide adds what each is for.",
       {wide, timeout, {"changed", ""}},
       OptionList},
      {"option get", "NAME", "One option with its meaning", kOptionDetails, {timeout}, OptionGet},
      {"option set",
       "NAME VALUE",
       "Set an option of the running daemon",
       kOptionDetails,
       {timeout},
       OptionSet},
      {"dump",
       "NAME",
       "One of the daemon's own dumps, as JSON",
       "A name that the daemon does not have makes it list those that it has.",
       {timeout},
       Dump},
      DumpCommand("ops_in_flight", "An OSD's requests under way, oldest first", timeout),
      DumpCommand("historic_ops", "An OSD's finished requests that took longest", timeout),
      DumpCommand("historic_ops_by_duration", "The same, longest first", timeout),
      DumpCommand("historic_slow_ops", "An OSD's last slow requests", timeout),
      {"watch",
       "[MESSENGER]",
       "Counters as they change, until interrupted",
       "Rates are since the sample before. With --format json each sample is one line.",
       {{"interval", "DURATION"}, {"count", "N"}},
       Watch},
  };
  return *commands;
}

}  // namespace siphon
