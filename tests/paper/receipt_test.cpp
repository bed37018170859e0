#include "server/paper/receipt.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <doctest/doctest.h>
#include <unistd.h>

#include "server/paper/qr_code.hpp"

namespace {

paper::receipt_sheet a_sheet(int lines) {
    paper::receipt_sheet out;
    out.school = "某某职业技术学院";
    out.platform = "校园统一支付平台";
    out.title = "电子缴费凭证";
    out.number = "PZCP20260901100000ABCDEFGHJK";
    out.payer = {
        {"学号", "2024010123"},
        {"姓名", "张小同"},
        {"学院", "汽车工程学院"},
        {"班级", "新能源2401班"}};
    for (int i = 0; i < lines; ++i) {
        out.lines.push_back({"2026-2027学年", "学费" + std::to_string(i), "7,000.00"});
    }
    out.total = "¥8,200.00";
    out.total_in_capitals = "捌仟贰佰元整";
    out.payment = {
        {"收款单位", "某某职业技术学院"},
        {"支付时间", "2026-09-01 10:00:31"},
        {"订单号", "CP20260901100000ABCDEFGHJK"},
        {"交易单号", "4200001234202609010123456789"},
        {"支付方式", "微信支付"},
        {"开具日期", "2026-09-02"}};
    out.verify_address = "https://pay.example.edu.cn/h5/verify#n=CP20260901100000ABCDEFGHJK&c=ABCD";
    out.verify_code = "ABCD-EFGH-JKLM-NPQR";
    out.notes = {"扫描右侧二维码查验。"};
    out.issued_at = 1'788'300'000'000;
    return out;
}

// What a reader of the file can select and copy.
std::string text_in(const std::string& pdf) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("campus-receipt-" + std::to_string(getpid()) + ".pdf");
    std::ofstream{path, std::ios::binary} << pdf;
    if (const char* keep = std::getenv("CAMPUS_KEEP_RECEIPT"); keep != nullptr) {
        std::ofstream{keep, std::ios::binary} << pdf;
    }
    const auto command = "pdftotext -layout '" + path.string() + "' -";
    struct closer {
        void operator()(FILE* what) const { pclose(what); }
    };
    const std::unique_ptr<FILE, closer> pipe{popen(command.c_str(), "r")};
    REQUIRE(pipe);
    std::string out;
    std::array<char, 4096> some{};
    for (std::size_t got = 0; (got = fread(some.data(), 1, some.size(), pipe.get())) > 0;) {
        out.append(some.data(), got);
    }
    std::filesystem::remove(path);
    return out;
}

bool has(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
}

std::size_t pages_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\f'));
}

}  // namespace

TEST_CASE("a receipt says everything as text on one page") {
    const auto sheet = a_sheet(2);
    const auto pdf = paper::receipt_pdf(sheet);
    CHECK(pdf.rfind("%PDF-", 0) == 0);
    CHECK(pdf.size() < 200'000);
    const auto text = text_in(pdf);
    for (const auto& each :
         {sheet.school,
          sheet.platform,
          sheet.title,
          sheet.number,
          sheet.total,
          sheet.total_in_capitals,
          sheet.verify_code,
          sheet.notes[0]}) {
        CAPTURE(each);
        CHECK(has(text, each));
    }
    for (const auto& pairs : {sheet.payer, sheet.payment}) {
        for (const auto& [label, value] : pairs) {
            CAPTURE(label);
            CHECK(has(text, label));
            CHECK(has(text, value));
        }
    }
    for (const auto* each :
         {"收费区间", "收费项目", "金额（元）", "学费0", "学费1", "人民币大写"}) {
        CAPTURE(each);
        CHECK(has(text, each));
    }
    CHECK(pages_in(text) == 1);
    CHECK_FALSE(has(text, "退款"));
}

TEST_CASE("fifty lines take more pages and lose none") {
    const auto text = text_in(paper::receipt_pdf(a_sheet(50)));
    CHECK(pages_in(text) == 2);
    for (int i = 0; i < 50; ++i) CHECK(has(text, "学费" + std::to_string(i)));
    CHECK(has(text, "第2页"));
}

TEST_CASE("long names are broken, not cut, and what went back is said") {
    auto sheet = a_sheet(1);
    std::string name;
    for (int i = 0; i < 32; ++i) name += "长名";
    sheet.lines[0].item = name;
    sheet.lines[0].period = "2026-2027学年第一学期（含暑期实践）补收";
    sheet.refunded = "截至开具时已退款 ¥1,000.00";
    auto text = text_in(paper::receipt_pdf(sheet));
    CHECK(has(text, sheet.refunded));
    std::size_t count = 0;
    for (auto at = text.find("长"); at != std::string::npos; at = text.find("长", at + 1)) ++count;
    CHECK(count == 32);
    CHECK(pages_in(text) == 1);
}

TEST_CASE("the same sheet gives the same bytes") {
    CHECK(paper::receipt_pdf(a_sheet(3)) == paper::receipt_pdf(a_sheet(3)));
}

TEST_CASE("a QR code has its three corners and follows its text") {
    const paper::qr_code code{"https://pay.example.edu.cn/h5/verify#n=CP2026&c=ABCD"};
    const auto last = code.size() - 1;
    for (const auto& [row, column] : {std::pair{0, 0}, {0, last}, {last, 0}}) {
        CHECK(code.dark(row, column));
    }
    CHECK_FALSE(code.dark(1, 1));
    const auto svg = paper::to_svg(code);
    CHECK(svg.rfind("<svg ", 0) == 0);
    CHECK(
        svg != paper::to_svg(paper::qr_code{"https://pay.example.edu.cn/h5/verify#n=CP2026&c=ABCE"})
    );
}
