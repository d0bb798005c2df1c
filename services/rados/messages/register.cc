#include "services/rados/messages/register.h"

#include "services/rados/messages/auth.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/command_reply.h"
#include "services/rados/messages/config.h"
#include "services/rados/messages/get_pool_stats.h"
#include "services/rados/messages/get_pool_stats_reply.h"
#include "services/rados/messages/log.h"
#include "services/rados/messages/log_ack.h"
#include "services/rados/messages/mgr_map.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_get_map.h"
#include "services/rados/messages/mon_get_version.h"
#include "services/rados/messages/mon_get_version_reply.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/mon_subscribe_ack.h"
#include "services/rados/messages/osd_alive.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_beacon.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/osd_mark_me_down.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/messages/osd_pg_create.h"
#include "services/rados/messages/osd_pg_created.h"
#include "services/rados/messages/osd_pg_temp.h"
#include "services/rados/messages/osd_ping.h"
#include "services/rados/messages/pg_stats.h"
#include "services/rados/messages/pool_op.h"
#include "services/rados/messages/pool_op_reply.h"
#include "services/rados/messages/statfs.h"
#include "services/rados/messages/statfs_reply.h"
#include "services/rados/messages/watch_notify.h"

namespace siphon::rados {

void RegisterRadosMessages(MessageRegistry* registry) {
  registry->Register<MAuth>();
  registry->Register<MAuthReply>();
  registry->Register<MCommand>();
  registry->Register<MCommandReply>();
  registry->Register<MConfig>();
  registry->Register<MGetPoolStats>();
  registry->Register<MGetPoolStatsReply>();
  registry->Register<MLog>();
  registry->Register<MLogAck>();
  registry->Register<MMgrMap>();
  registry->Register<MMonCommand>();
  registry->Register<MMonCommandAck>();
  registry->Register<MMonGetMap>();
  registry->Register<MMonGetVersion>();
  registry->Register<MMonGetVersionReply>();
  registry->Register<MMonMap>();
  registry->Register<MMonSubscribe>();
  registry->Register<MMonSubscribeAck>();
  registry->Register<MOsdAlive>();
  registry->Register<MOsdBackoff>();
  registry->Register<MOsdBeacon>();
  registry->Register<MOsdBoot>();
  registry->Register<MOsdFailure>();
  registry->Register<MOsdFull>();
  registry->Register<MOsdMap>();
  registry->Register<MOsdMarkMeDown>();
  registry->Register<MOsdOp>();
  registry->Register<MOsdOpReply>();
  registry->Register<MOsdPgCreate>();
  registry->Register<MOsdPgCreated>();
  registry->Register<MOsdPgTemp>();
  registry->Register<MOsdPing>();
  registry->Register<MPgStats>();
  registry->Register<MPoolOp>();
  registry->Register<MPoolOpReply>();
  registry->Register<MStatfs>();
  registry->Register<MStatfsReply>();
  registry->Register<MWatchNotify>();
}

}  // namespace siphon::rados
