import{B as t,h as o}from"./part.TTHRHY4S.js";var e=o(Date.now());setInterval(()=>{t.value||(e.value=Date.now())},500);export{e as a};
