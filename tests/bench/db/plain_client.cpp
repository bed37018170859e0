#include "tests/bench/db/plain_client.hpp"

#include <array>
#include <stdexcept>
#include <string_view>

#include <mysql.h>
#include <unistd.h>

namespace bench {
namespace {

// As in db/bills.cpp.
constexpr std::string_view bills_of_person =
    "SELECT b.id, b.item_id, i.name AS item_name, i.category, b.period, i.mch_id, i.settle_order, "
    "b.due_fen, b.paid_fen, i.open_from_ms, i.open_until_ms, b.pay_before_ms, b.live_order_no "
    "FROM bills b JOIN fee_items i ON i.id = b.item_id "
    "WHERE b.person_id = ? AND b.due_fen > b.paid_fen";
constexpr int columns = 13;

constexpr std::string_view change_one = "UPDATE bills SET version = version + 1 WHERE id = ?";

bool is_text(int column) {
    return (column >= 2 && column <= 5) || column == 12;
}

}  // namespace

struct plain_client::parts {
    MYSQL* link = mysql_init(nullptr);
    MYSQL_STMT* list = nullptr;
    MYSQL_STMT* change = nullptr;

    ~parts() {
        if (list != nullptr) mysql_stmt_close(list);
        if (change != nullptr) mysql_stmt_close(change);
        mysql_close(link);
    }
    [[noreturn]] void fail() const { throw std::runtime_error{mysql_error(link)}; }
    MYSQL_STMT* prepare(std::string_view sql) const {
        auto* statement = mysql_stmt_init(link);
        if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0) fail();
        return statement;
    }
    void execute(MYSQL_STMT* statement, std::int64_t argument) const {
        MYSQL_BIND bind{};
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.buffer = &argument;
        if (mysql_stmt_bind_param(statement, &bind) != 0) fail();
        if (mysql_stmt_execute(statement) != 0)
            throw std::runtime_error{mysql_stmt_error(statement)};
    }
};

plain_client::plain_client(const std::string& socket, const std::string& database)
    : parts_{std::make_unique<parts>()} {
    auto& all = *parts_;
    mysql_options(all.link, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const char* user = ::geteuid() == 0 ? "root" : nullptr;
    if (mysql_real_connect(all.link, nullptr, user, "", database.c_str(), 0, socket.c_str(), 0) ==
        nullptr) {
        all.fail();
    }
    all.list = all.prepare(bills_of_person);
    all.change = all.prepare(change_one);
}

plain_client::~plain_client() = default;

int plain_client::list_bills(std::int64_t person_id) {
    auto& all = *parts_;
    all.execute(all.list, person_id);
    std::array<MYSQL_BIND, columns> bind{};
    std::array<std::int64_t, columns> numbers{};
    std::array<std::array<char, 256>, columns> texts{};
    std::array<unsigned long, columns> lengths{};
    std::array<my_bool, columns> nulls{};
    for (int at = 0; at < columns; ++at) {
        const auto place = static_cast<std::size_t>(at);
        auto& one = bind[place];
        one.buffer_type = is_text(at) ? MYSQL_TYPE_STRING : MYSQL_TYPE_LONGLONG;
        one.buffer = is_text(at) ? static_cast<void*>(texts[place].data()) : &numbers[place];
        one.buffer_length = is_text(at) ? texts[place].size() : sizeof(std::int64_t);
        one.length = &lengths[place];
        one.is_null = &nulls[place];
    }
    mysql_stmt_bind_result(all.list, bind.data());
    int rows = 0;
    while (mysql_stmt_fetch(all.list) == 0) ++rows;
    mysql_stmt_free_result(all.list);
    return rows;
}

void plain_client::commit_one_row(std::int64_t id) {
    parts_->execute(parts_->change, id);
}

}  // namespace bench
