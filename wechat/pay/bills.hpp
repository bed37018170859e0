#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/beijing.hpp"
#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/pay/client.hpp"

namespace wechat::pay {

enum class bill_kind {
    got,
    no_statement,  // signed: nothing happened that day. Or too early: they are made from 09:00 on
    not_ready,     // being made: again later this morning
    rate_limited,
    refused,  // the day lies in the future or months back, another merchant's, no permission, …
    unknown,  // again later
};

// The file as it came. bill_file::open proves it by hash_value; nothing else has.
struct bill_outcome {
    bill_kind kind = bill_kind::unknown;
    std::string raw;         // gzip, as asked for
    std::string hash_value;  // SHA-1 of the unpacked bytes, lower-case hex; from a signed answer
    refusal why;
    std::string reason;  // when unknown
};

struct bill_limits {
    exchange_limits ask;
    exchange_limits download{60'000, 64UL * 1024 * 1024};
};

// Daily bills. WeChat tells where the file lies, for five minutes at most; so each call asks and
// downloads in one go, and once more when the address had expired. Asking twice gives the same
// file. Best after 10:00 of the next day, within three months.
class bills {
public:
    explicit bills(client& calls) : calls_{calls} {}

    // All payments and refunds of the day: see trade_bill.hpp.
    base::task<bill_outcome> fetch_trade(base::business_day day, bill_limits limits = {});
    // All movements on the basic account: see fund_flow.hpp.
    base::task<bill_outcome> fetch_fund_flow(base::business_day day, bill_limits limits = {});

private:
    struct place;
    struct asked;
    struct downloaded;

    base::task<bill_outcome> fetch(std::string path_and_query, bill_limits limits);
    base::task<asked> ask(std::string path_and_query, exchange_limits limits);
    base::task<downloaded> download(place from, exchange_limits limits);

    client& calls_;
};

// Splits the address of a file into one of the merchant's API hosts and the path and query to sign,
// as given. nullopt for any other host, scheme or path: the answer to it is not signed, and we
// would sign whatever we are told to.
struct bill_address {
    std::string base;
    std::string target;
};
std::optional<bill_address> read_bill_address(const merchant& who, std::string_view download_url);

}  // namespace wechat::pay
