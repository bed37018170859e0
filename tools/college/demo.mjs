// The three accounts that every invented college begins with: tools/run prints them, the journeys sign in with them.
import { colleges } from './catalogue.mjs';
import { idNumber } from './id-number.mjs';

export function demoAccounts(year) {
    const person = (college, major, grade, fields) => ({
        college: colleges[college].name,
        major: colleges[college].majors[major],
        className: `${grade}级${colleges[college].majors[major].name}1班`,
        grade,
        dormitory: 100000,
        ...fields,
    });
    return [
        {
            remark: 'owes two years',
            student: person(0, 0, year - 2, {
                number: `${year - 2}1010101`,
                name: '王晓雨',
                idNumber: idNumber({ area: '220101', birthday: '20060518', sequence: 61, male: false }),
                male: false,
                phone: '13800009991',
                kind: '在校生',
                arrears: 'last-two',
            }),
        },
        {
            remark: 'new, no student number yet',
            student: person(2, 0, year, {
                number: '',
                name: '李沐阳',
                idNumber: idNumber({ area: '220201', birthday: '20080903', sequence: 17, male: true }),
                male: true,
                phone: '13800009992',
                kind: '新生',
                arrears: 'current',
            }),
        },
        {
            remark: 'owes nothing',
            student: person(1, 1, year - 1, {
                number: `${year - 1}2020101`,
                name: '陈思远',
                idNumber: idNumber({ area: '220301', birthday: '20070226', sequence: 205, male: true }),
                male: true,
                phone: '13800009993',
                kind: '在校生',
                arrears: 'none',
            }),
        },
    ];
}
