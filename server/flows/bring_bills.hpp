#pragma once

#include <string>

#include "db/bill_files.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"
#include "wechat/pay/bill_file.hpp"

// A daily bill from WeChat into the database: proven by its hash, read to its end, and only then
// kept, whole or not at all.
namespace flows {

enum class bring_kind {
    kept,       // on file, now or since an earlier run
    nothing,    // WeChat says that nothing happened that day
    not_ready,  // again in a while
    trouble,    // it cannot be had or not be believed: a person should look
};

struct brought {
    bring_kind kind = bring_kind::not_ready;
    std::string why;  // Chinese, where there is no bill
};

base::task<brought> bring_bill(parts& with, db::day_lease mine, db::bill_key key);

// The part after the download. Memory: the file as it came and one batch of rows.
base::task<brought> keep_bill(
    parts& with, db::day_lease mine, db::bill_key key, std::string raw, std::string hash
);

}  // namespace flows
