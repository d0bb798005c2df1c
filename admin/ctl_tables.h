// What siphonctl shows people: the answers of the admin port as tables.
#ifndef SIPHON_ADMIN_CTL_TABLES_H_
#define SIPHON_ADMIN_CTL_TABLES_H_

#include <string>

#include "admin/admin.pb.h"

namespace siphon {

struct TableStyle {
  bool colours = false;
  bool wide = false;  // also what takes several lines
};

std::string DaemonText(const admin::v1::GetDaemonResponse& response);
// Below the table: the faults that are injected just now, if any. Wide: policies by peer type and
// recent faults too.
std::string MessengersTable(const admin::v1::ListMessengersResponse& response,
                            const TableStyle& style);
// Wide: features, sequence numbers of both sides, bytes that wait, and each connection's last
// states.
std::string ConnectionsTable(const admin::v1::ListConnectionsResponse& response,
                             const TableStyle& style);
// A line for each fault that the messenger makes now.
std::string InjectedFaultsText(const admin::v1::InjectFaultResponse& response);
std::string QueuesTable(const admin::v1::GetQueuesResponse& response, const TableStyle& style);
// Wide: what each option is for.
std::string OptionsTable(const admin::v1::ListOptionsResponse& response, const TableStyle& style);
std::string OptionText(const admin::v1::Option& option);
// Rates are since `before`; null for the first sample, which has none.
std::string WatchTable(const admin::v1::WatchResponse& now, const admin::v1::WatchResponse* before,
                       const TableStyle& style);

}  // namespace siphon

#endif  // SIPHON_ADMIN_CTL_TABLES_H_
